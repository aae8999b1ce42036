using System.Reflection;
using Memtrace.Testing.Xunit;
using Xunit.v3;

namespace Memtrace.Testing.Tests;

public sealed class MemoryBudgetAttributeTests
{
    private static readonly MethodInfo Method = typeof(Server).GetMethod(nameof(Server.Serve))!;

    private static IXunitTest Test => (IXunitTest)TestContext.Current.Test!;

    [Fact]
    [MemoryBudget(Allocated = "30 MiB", PeakRss = "4 GiB", PeakGcHeap = "1 GiB", Gen2 = 100)]
    public void A_test_within_its_budget_passes() => Server.Allocate(20);

    [Theory]
    [InlineData("10 MiB", null, null)]
    [InlineData(null, "10 MiB", null)]
    [InlineData(null, null, "10 KiB")]
    public void A_test_beyond_its_budget_fails(string? allocated, string? peakRss, string? peakGcHeap)
    {
        var attribute = new MemoryBudgetAttribute { Allocated = allocated, PeakRss = peakRss, PeakGcHeap = peakGcHeap };
        attribute.Before(Method, Test);
        Server.Allocate(20);

        Assert.Throws<MemoryBudgetException>(() => attribute.After(Method, Test));
    }

    [Fact]
    public void A_budget_that_is_no_amount_fails_before_the_test_and_is_named() =>
        Assert.Throws<ArgumentException>("Allocated", () => new MemoryBudgetAttribute { Allocated = "10 Mebi" }.Before(Method, Test));
}
