using Memtrace.Profiles;

namespace Memtrace.Tests.Profiles;

public sealed class EstimateTests
{
    [Fact]
    public void Adding_sums_the_amounts_and_the_variances_not_the_errors()
    {
        var sum = new Estimate(100, 9, 10, 4, 1) + new Estimate(50, 16, 5, 5, 2);

        Assert.Equal(new Estimate(150, 25, 15, 9, 3), sum);
        Assert.Equal(1.959963984540054 * 5, sum.ErrorBytes, precision: 12);
        Assert.Equal(1.959963984540054 * 3, sum.ErrorObjects, precision: 12);
    }
}
