using Memtrace.Analysis.Comparison;
using Memtrace.Profiles;
using static Memtrace.Tests.Analysis.Comparison.Samples;
using Memtrace.Units;

namespace Memtrace.Tests.Analysis.Comparison;

public sealed class NoiseTestTests
{
    private static readonly NoiseTest Plain = new(Scale.None, Scale.None);

    [Fact]
    public void The_error_counts_both_recordings()
    {
        var change = Plain.Compare(Small(100), Small(300));
        Assert.Equal(1.96 * SmallBytes * Math.Sqrt(400), change.Error, SmallBytes / 100);
        Assert.Equal((Small(100).Bytes, Small(300).Bytes, 100, 300), (change.Before, change.After, change.BeforeSamples, change.AfterSamples));
        Assert.Equal(200 * SmallBytes, change.Difference, 1.0);
        Assert.Equal(2, change.Ratio!.Value, 6);
    }

    // The exact two-sided binomial test says the same for each of these: 0 of 5 is 0.063, 0 of 6 is 0.031, 1 of 8 is 0.070, 1 of 9 is 0.039.
    [Theory]
    [InlineData(0, 1, false)]
    [InlineData(0, 5, false)]
    [InlineData(0, 6, true)]
    [InlineData(6, 0, true)]
    [InlineData(1, 7, false)]
    [InlineData(1, 8, true)]
    [InlineData(100, 130, false)]
    [InlineData(100, 135, true)]
    [InlineData(0, 0, false)]
    public void A_difference_of_a_few_samples_is_noise(int before, int after, bool significant) =>
        Assert.Equal(significant, Plain.Compare(Small(before), Small(after)).Significant);

    [Fact]
    public void A_short_recording_may_miss_what_a_long_one_saw_rarely()
    {
        var (tenth, whole) = (new Scale(Unit.BytesPerSecond, 0.1, Estimate.Zero), new Scale(Unit.BytesPerSecond, 1, Estimate.Zero));
        Assert.False(new NoiseTest(tenth, whole).Compare(Small(4), Small(0)).Significant);
        Assert.True(new NoiseTest(tenth, whole).Compare(Small(0), Small(4)).Significant);
        Assert.True(new NoiseTest(tenth, whole).Compare(Small(400), Small(0)).Significant);
    }

    [Fact]
    public void A_large_object_is_hardly_ever_missed_so_one_sample_is_certainty()
    {
        Assert.Equal((true, ChangeTag.New), (Plain.Compare(Large(0), Large(1)).Significant, Plain.Compare(Large(0), Large(1)).Tag));
        Assert.False(Plain.Compare(Large(1), Large(1)).Significant);
    }

    [Fact]
    public void An_object_of_middle_size_may_have_been_missed()
    {
        // One of 200 KB is missed with a probability of 14%.
        Assert.False(Plain.Compare(Of(200_000, 0), Of(200_000, 1)).Significant);
        Assert.True(Plain.Compare(Of(200_000, 0), Of(200_000, 3)).Significant);
    }

    [Theory]
    [InlineData(0, 100, ChangeTag.New)]
    [InlineData(100, 0, ChangeTag.Gone)]
    [InlineData(100, 200, ChangeTag.Grown)]
    [InlineData(200, 100, ChangeTag.Shrunk)]
    [InlineData(100, 101, ChangeTag.None)]
    [InlineData(0, 2, ChangeTag.None)]
    public void A_tag_is_put_on_what_is_outside_the_noise(int before, int after, ChangeTag tag) =>
        Assert.Equal(tag, Plain.Compare(Small(before), Small(after)).Tag);

    [Theory]
    [InlineData(0.5, 1, 1)]
    [InlineData(3, 1, 1)]
    [InlineData(30, 1, 1)]
    [InlineData(300, 1, 1)]
    [InlineData(30, 0.1, 1)]
    [InlineData(30, 1, 0.1)]
    [InlineData(3, 0.1, 1)]
    public void What_did_not_change_is_called_changed_in_no_more_than_5_percent_of_cases(double samplesOfOneSecond, double scaleBefore, double scaleAfter)
    {
        const int Trials = 4000;
        var random = new Random(12345);
        var test = new NoiseTest(new Scale(Unit.Bytes, scaleBefore, Estimate.Zero), new Scale(Unit.Bytes, scaleAfter, Estimate.Zero));
        var called = Enumerable.Range(0, Trials).Count(_ =>
            test.Compare(Small(Poisson(random, samplesOfOneSecond / scaleBefore)), Small(Poisson(random, samplesOfOneSecond / scaleAfter))).Significant);

        // Binomial: 5% and four standard deviations.
        Assert.InRange(called, 0, (int)((0.05 * Trials) + (4 * Math.Sqrt(Trials * 0.05 * 0.95))));
    }

    [Theory]
    [InlineData(9000, 9300, true)]
    [InlineData(9000, 9050, false)]
    public void A_share_of_nearly_all_varies_little(int before, int after, bool significant)
    {
        var ofTenThousand = new Scale(Unit.Share, 1 / Small(10_000).Bytes, Small(10_000));
        Assert.Equal(significant, new NoiseTest(ofTenThousand, ofTenThousand).Compare(Small(before), Small(after)).Significant);
    }

    [Fact]
    public void What_changed_a_lot_is_found()
    {
        var random = new Random(54321);
        Assert.All(Enumerable.Range(0, 200), _ => Assert.True(Plain.Compare(Small(Poisson(random, 100)), Small(Poisson(random, 250))).Significant));
    }

    [Fact]
    public void A_growth_is_beyond_a_limit_only_with_its_whole_error()
    {
        Assert.True(Plain.IsGrownBeyond(Small(100), Small(300), 150 * SmallBytes));
        Assert.False(Plain.IsGrownBeyond(Small(100), Small(300), 170 * SmallBytes));
        Assert.False(Plain.IsGrownBeyond(Small(300), Small(100), 0));
    }

    private static int Poisson(Random random, double mean)
    {
        // Arrivals in time, for the product of Knuth's method underflows for large means.
        var count = 0;
        for (var time = -Math.Log(1 - random.NextDouble()); time < mean; time -= Math.Log(1 - random.NextDouble()))
            count++;
        return count;
    }
}
