using Memtrace.Units;

namespace Memtrace.Tests.Units;

public sealed class GammaDistributionTests
{
    /// <summary>The values are those of the exponential distribution (shape 1), of R's qgamma, and of tables of chi-square with twice the shape.</summary>
    [Theory]
    [InlineData(0.975, 1.959963984540054, 1, 3.688879454)]
    [InlineData(0.025, -1.959963984540054, 1, 0.025317808)]
    [InlineData(0.025, -1.959963984540054, 3.5, 0.844934590)]
    [InlineData(0.975, 1.959963984540054, 3.5, 8.006382137)]
    [InlineData(0.975, 1.959963984540054, 0.5, 2.511943)]
    [InlineData(0.025, -1.959963984540054, 10, 4.795389)]
    [InlineData(0.975, 1.959963984540054, 10, 17.084803)]
    public void Quantiles_are_those_of_the_tables(double probability, double normal, double shape, double expected)
    {
        Assert.Equal(expected, GammaDistribution.Quantile(probability, normal, shape), 1e-5);
    }

    [Fact]
    public void The_approximation_for_large_shapes_joins_the_exact_value()
    {
        var (below, above) = (GammaDistribution.Quantile(0.975, 1.959963984540054, 1999.999), GammaDistribution.Quantile(0.975, 1.959963984540054, 2000));

        Assert.Equal(below, above, 0.01);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(3)]
    [InlineData(300)]
    public void A_quantile_is_where_the_cumulative_distribution_has_its_probability(double shape)
    {
        Assert.Equal(0.975, GammaDistribution.Cumulative(GammaDistribution.Quantile(0.975, 1.959963984540054, shape), shape), 1e-9);
        Assert.Equal(0.025, GammaDistribution.Cumulative(GammaDistribution.Quantile(0.025, -1.959963984540054, shape), shape), 1e-9);
    }
}
