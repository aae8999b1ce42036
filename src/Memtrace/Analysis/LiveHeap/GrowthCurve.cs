using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>Live bytes of one type and call site over time: those not proved dead, and those proved alive.</summary>
internal sealed class GrowthCurve
{
    private readonly RegressionLine.Point[] _live;
    private readonly double[] _proved;

    /// <param name="points">The times.</param>
    public GrowthCurve(IReadOnlyList<GrowthRecorder.Point> points) =>
        (_live, _proved) = ([.. points.Select(point => new RegressionLine.Point(point.Seconds, 0))], new double[points.Count]);

    /// <summary>Adds a stack of the call site.</summary>
    /// <param name="index">The point in time.</param>
    /// <param name="share">Its live bytes then.</param>
    public void Add(int index, in GrowthRecorder.Share share)
    {
        var sum = _live[index];
        _live[index] = sum with { Value = sum.Value + share.Bytes, Variance = sum.Variance + share.Variance };
        _proved[index] += Math.Max(0, share.Bytes - share.Unproved);
    }

    /// <summary>The growth; null if it is within its error.</summary>
    /// <param name="site">The type and call site.</param>
    /// <param name="provedUntil">The time up to which the last full collection proved what was alive; null before one.</param>
    public GrowthSite? Growth(CallSite site, double? provedUntil)
    {
        if (RegressionLine.Through(_live) is not { } line)
            return null;
        var error = Estimate.NormalQuantile95 * Math.Sqrt(line.Variance);
        if (line.PerSecond <= error)
            return null;
        return new GrowthSite(
            site.Type, site.Frame, line.PerSecond, error, _live[0].Value, _live[^1].Value, [.. _live.Select(point => new GrowthPoint(point.Seconds, point.Value))])
        {
            Proved = [.. _live.Zip(_proved, (point, bytes) => new GrowthPoint(point.Seconds, bytes)).TakeWhile(point => point.Seconds <= provedUntil)],
        };
    }
}
