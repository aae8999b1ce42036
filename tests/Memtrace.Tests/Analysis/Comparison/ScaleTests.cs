using Memtrace.Analysis.Comparison;
using Memtrace.Profiles;
using static Memtrace.Tests.Analysis.Comparison.Samples;
using Memtrace.Units;

namespace Memtrace.Tests.Analysis.Comparison;

public sealed class ScaleTests
{
    private static readonly MemoryProfile Profile = SampleProfiles.Shop;

    [Fact]
    public void Allocations_are_divided_by_the_length_of_the_recording()
    {
        var scale = Scale.Of(ComparisonMetric.Allocated, Normalization.Seconds, Profile);
        Assert.Equal(Unit.BytesPerSecond, scale.Unit);
        Assert.Equal(Small(10).Bytes / 125, scale.Value(Small(10)), 3);
        Assert.Equal(Small(10).BytesVariance / 125 / 125, scale.Variance(Small(10)), 0.001 * Small(10).BytesVariance / 125 / 125);
    }

    [Fact]
    public void Allocations_are_divided_by_all_allocations_and_all_of_them_are_exactly_1()
    {
        var scale = Scale.Of(ComparisonMetric.Allocated, Normalization.Bytes, Profile);
        Assert.Equal(Unit.Share, scale.Unit);
        Assert.Equal(1, scale.Value(Profile.Allocations.Total), 9);
        Assert.Equal(0, scale.Variance(Profile.Allocations.Total), 9);
    }

    [Fact]
    public void The_variance_of_a_share_is_that_of_a_proportion()
    {
        // 250 of 1000 samples of equal weight: p (1 - p) / n.
        var scale = new Scale(Unit.Share, 1 / Small(1000).Bytes, Small(1000));
        Assert.Equal(0.25 * 0.75 / 1000, scale.Variance(Small(250)), 0.25 * 0.75 / 1000 / 100);
    }

    [Theory]
    [InlineData(ComparisonMetric.Live, Normalization.Seconds)]
    [InlineData(ComparisonMetric.Peak, Normalization.Bytes)]
    [InlineData(ComparisonMetric.Rss, Normalization.Seconds)]
    [InlineData(ComparisonMetric.Allocated, Normalization.None)]
    public void Everything_else_stays_unscaled(ComparisonMetric metric, Normalization normalization) =>
        Assert.Equal(Scale.None, Scale.Of(metric, normalization, Profile));

    [Fact]
    public void A_recording_of_no_length_has_no_rates() =>
        Assert.Equal(0, Scale.Of(ComparisonMetric.Allocated, Normalization.Seconds, SampleProfiles.Empty).Value(Small(10)));
}
