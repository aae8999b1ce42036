namespace Memtrace.Analysis.LiveHeap;

/// <summary>
/// Records live bytes by type and stack after collections, in a bounded number of points: when the limit is reached, every other point is dropped and the
/// minimum distance of new points doubles.
/// </summary>
/// <param name="limit">Maximum number of points, 4 or more.</param>
internal sealed class GrowthRecorder(int limit = 64)
{
    private readonly List<Point> _points = [];
    private double _spacing;
    private double[] _bytes = [];
    private double[] _variances = [];

    /// <summary>Live bytes at one time, for the types and stacks that have any.</summary>
    public readonly record struct Point(double Seconds, Share[] Shares);

    /// <summary>Live bytes of one type and stack.</summary>
    public readonly record struct Share(int Site, double Bytes, double Variance);

    /// <summary>A collection has ended.</summary>
    public void Add(double seconds, TrackedObjects objects, int sites)
    {
        if (_points.Count > 0 && seconds < _points[^1].Seconds + _spacing)
            return;
        if (_points.Count == limit)
            Downsample();
        _points.Add(Measure(seconds, objects, sites));
    }

    /// <summary>The points in order of time, ending with the current state.</summary>
    public IReadOnlyList<Point> Points(double? lastSeconds, TrackedObjects objects, int sites) =>
        lastSeconds is { } seconds && _points.Count > 0 && seconds > _points[^1].Seconds
            ? [.. _points, Measure(seconds, objects, sites)]
            : [.. _points];

    /// <summary>The ledger's numbers changed.</summary>
    /// <param name="numbers">The new number of each.</param>
    public void Renumber(int[] numbers)
    {
        for (var i = 0; i < _points.Count; i++)
        {
            var shares = _points[i].Shares.GroupBy(share => numbers[share.Site], (site, parts) => parts.Aggregate(
                new Share(site, 0, 0), (sum, part) => new Share(site, sum.Bytes + part.Bytes, sum.Variance + part.Variance)));
            _points[i] = _points[i] with { Shares = [.. shares] };
        }
    }

    private void Downsample()
    {
        List<Point> kept = [.. _points.Where((_, index) => index % 2 == 0)];
        _points.Clear();
        _points.AddRange(kept);
        _spacing = 2 * (_points[^1].Seconds - _points[0].Seconds) / limit;
    }

    private Point Measure(double seconds, TrackedObjects objects, int sites)
    {
        if (_bytes.Length < sites)
            (_bytes, _variances) = (new double[sites * 2], new double[sites * 2]);
        Array.Clear(_bytes, 0, sites);
        Array.Clear(_variances, 0, sites);
        AddLive(objects.Settled);
        AddLive(objects.Loose);
        var shares = new List<Share>();
        for (var site = 0; site < sites; site++)
        {
            if (_bytes[site] > 0)
                shares.Add(new Share(site, _bytes[site], _variances[site]));
        }

        return new Point(seconds, [.. shares]);
    }

    private void AddLive(ReadOnlySpan<TrackedObject> items)
    {
        foreach (ref readonly var item in items)
        {
            if (!item.Observed)
                continue;
            _bytes[item.Site] += item.Bytes;
            _variances[item.Site] += item.BytesVariance;
        }
    }
}
