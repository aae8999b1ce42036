using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.LiveHeap;
using Memtrace.Events;
using Memtrace.Profiles;
using Memtrace.Recording;

namespace Memtrace.Tests.Analysis.LiveHeap;

public sealed class ReweighingTests
{
    [Fact]
    public void Halving_the_tracking_rate_twice_equals_quartering_it_once()
    {
        var sample = AllocationEstimators.Sampled(50_000);
        var twice = Reweighing.Kept(Reweighing.Kept(sample, 0.5), 0.5);
        var once = Reweighing.Kept(sample, 0.25);
        Assert.Equal(once.Bytes, twice.Bytes, 6);
        Assert.Equal(once.BytesVariance, twice.BytesVariance, 1.0);
        Assert.Equal(once.ObjectsVariance, twice.ObjectsVariance, 6);
    }

    [Fact]
    public void A_sample_tracked_at_a_lower_rate_counts_as_a_less_likely_sample()
    {
        // Horvitz and Thompson with probability P r.
        const long Size = 50_000;
        const double Rate = 0.125;
        var weight = 1 / (AllocationSampler.Probability(Size) * Rate);
        var thinned = Reweighing.Kept(AllocationEstimators.Sampled(Size), Rate);
        Assert.Equal(Size * weight, thinned.Bytes, 3);
        Assert.Equal((double)Size * Size * weight * (weight - 1), thinned.BytesVariance, thinned.BytesVariance * 1e-9);
    }

    [Fact]
    public void Certainty_changes_nothing()
    {
        var sample = AllocationEstimators.Sampled(64);
        Assert.Equal(sample, Reweighing.Kept(sample, 1));
        Assert.Equal(sample, Reweighing.Uncertain(sample, 1, together: 3));
        Assert.Equal(1, Reweighing.Alive(1, 0.15));
        Assert.Equal(0, Reweighing.Alive(0, 0.15));
    }

    [Fact]
    public void A_large_object_that_looks_alive_is_alive_for_what_took_its_place_would_have_been_sampled()
    {
        Assert.Equal(0.01 / (0.01 + (0.99 * 0.15)), Reweighing.Alive(0.01, 0.15), 12);
        Assert.InRange(Reweighing.Alive(0.01, 0.15 * Unnoticed(AllocationKind.Large, 100_000)), 0.1, 0.2);
        Assert.InRange(Reweighing.Alive(0.01, 0.15 * Unnoticed(AllocationKind.Pinned, 2_000_000)), 0.999, 1);
        Assert.Equal(1, Unnoticed(AllocationKind.Small, 2_000));
    }

    /// <summary>A sample's bytes are its objects times their size, so their variances differ by its square.</summary>
    [Fact]
    public void Bytes_and_objects_have_the_same_relative_error()
    {
        const double Size = 50_000;
        var sample = AllocationEstimators.Sampled((long)Size);

        foreach (var amount in (Estimate[])[Reweighing.Uncertain(sample, 0.3, together: 4), Reweighing.Kept(sample, 0.3)])
        {
            Assert.Equal(amount.Objects * Size, amount.Bytes, 6);
            Assert.Equal(amount.ObjectsVariance * Size * Size, amount.BytesVariance, amount.BytesVariance * 1e-9);
        }
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.3)]
    [InlineData(0.9)]
    public void Uncertain_samples_are_right_on_average_and_within_their_error(double probability)
    {
        // Of objects that are seen with a half, all live or none: the estimate from all of them against what lives.
        const int Objects = 1000, Runs = 4000;
        var random = new Random(7);
        var seen = new Estimate(2, 2, 2, 2, 1);
        double error = 0, squares = 0, said = 0;
        for (var run = 0; run < Runs; run++)
        {
            var truth = random.NextDouble() < probability ? Objects : 0;
            var samples = Enumerable.Range(0, Objects).Count(_ => random.Next(2) == 0);
            var amount = Reweighing.Uncertain(seen, probability, samples);
            error += (samples * amount.Objects) - truth;
            squares += Math.Pow((samples * amount.Objects) - truth, 2);
            said += samples * amount.ObjectsVariance;
        }

        var deviation = Math.Sqrt(squares / Runs);
        Assert.InRange(error / Runs, -4 * deviation / Math.Sqrt(Runs), 4 * deviation / Math.Sqrt(Runs));

        // Of a choice between two the variance of the squares is that of p (1 - p) (1 - 2p)^2: at 0.05 the deviation of the deviation is 3.3%.
        Assert.InRange(deviation, 0.87 * Math.Sqrt(said / Runs), 1.13 * Math.Sqrt(said / Runs));
    }

    private static double Unnoticed(AllocationKind kind, long size) => Reweighing.Unnoticed(new TrackedObject { Kind = kind, Size = size });
}
