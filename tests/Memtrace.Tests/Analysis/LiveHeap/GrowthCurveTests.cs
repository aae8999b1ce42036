using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.LiveHeap;
using Memtrace.Profiles;
using Memtrace.Tests.Analysis.Findings;

namespace Memtrace.Tests.Analysis.LiveHeap;

public sealed class GrowthCurveTests
{
    /// <summary>Ten times a second apart; at each, another sample of 1,000 bytes with a standard deviation of 900 bytes is alive.</summary>
    private static readonly GrowthRecorder.Point[] Points =
        [.. Enumerable.Range(0, 10).Select(i => new GrowthRecorder.Point(i, [new GrowthRecorder.Share(0, 1000.0 * i, 810_000.0 * i, i == 9 ? 1000 : 0)]))];

    [Fact]
    public void The_error_is_that_of_the_samples()
    {
        // Each sample moves the slope by its amount times the sum of (t - 4.5) / 82.5 over the points from its own on.
        var levers = Enumerable.Range(1, 9).Select(from => Enumerable.Range(from, 10 - from).Sum(t => t - 4.5) / 82.5);
        var deviation = Math.Sqrt(levers.Sum(lever => lever * lever) * 810_000);

        var growth = Curve(stacks: 1).Growth(Site(), provedUntil: null)!;

        Assert.Equal(1000, growth.BytesPerSecond, 6);
        Assert.Equal(Estimate.NormalQuantile95 * deviation, growth.ErrorBytesPerSecond, 6);
    }

    /// <summary>Stacks of one call site are sampled independently of each other: their variances add up.</summary>
    [Fact]
    public void The_errors_of_several_stacks_add_up_as_squares()
    {
        var (one, four) = (Curve(stacks: 1).Growth(Site(), null)!, Curve(stacks: 4).Growth(Site(), null)!);

        Assert.Equal(4 * one.BytesPerSecond, four.BytesPerSecond, 6);
        Assert.Equal(2 * one.ErrorBytesPerSecond, four.ErrorBytesPerSecond, 6);
    }

    [Fact]
    public void What_was_proved_alive_ends_with_the_last_full_collection()
    {
        var growth = Curve(stacks: 2).Growth(Site(), provedUntil: 9)!;

        Assert.Equal(10, growth.Proved.Length);
        Assert.Equal((16_000, 18_000), (growth.Proved[^1].Bytes, growth.Points[^1].Bytes));
        Assert.Equal(5, Curve(stacks: 2).Growth(Site(), provedUntil: 4.5)!.Proved.Length);
        Assert.Empty(Curve(stacks: 2).Growth(Site(), provedUntil: null)!.Proved);
    }

    private static CallSite Site() => new("Shop.Order", MadeUp.Site);

    private static GrowthCurve Curve(int stacks)
    {
        var curve = new GrowthCurve(Points);
        for (var index = 0; index < Points.Length; index++)
        {
            for (var stack = 0; stack < stacks; stack++)
                curve.Add(index, Points[index].Shares[0]);
        }

        return curve;
    }
}
