namespace Memtrace.Analysis.LiveHeap;

/// <summary>
/// Records live bytes by type and stack after collections, in a bounded number of points: when the limit is reached, every other point is dropped and the
/// minimum distance of new points doubles. Later collections correct the points: what they find dead may have been dead since it was last proved alive.
/// </summary>
/// <param name="limit">Maximum number of points, 4 or more.</param>
internal sealed class GrowthRecorder(int limit = 64)
{
    private readonly List<Point> _points = [];
    private double _spacing;
    private double[] _bytes = [];
    private double[] _variances = [];

    /// <summary>Live bytes at one time, for the types and stacks that have any, in order of their numbers.</summary>
    public readonly record struct Point(double Seconds, Share[] Shares);

    /// <summary>Live bytes of one type and stack.</summary>
    /// <param name="Site">The ledger's number.</param>
    /// <param name="Bytes">Bytes not proved dead by then.</param>
    /// <param name="Variance">Their variance.</param>
    /// <param name="Unproved">The part of them that no collection proved alive at that time or later.</param>
    public readonly record struct Share(int Site, double Bytes, double Variance, double Unproved = 0);

    /// <summary>A collection has ended.</summary>
    public void Add(double seconds, TrackedObjects objects, int sites)
    {
        if (_points.Count > 0 && seconds < _points[^1].Seconds + _spacing)
            return;
        if (_points.Count == limit)
            Downsample();
        _points.Add(Measure(seconds, objects, sites));
    }

    /// <summary>An object is dead, or lost: it may have been garbage at the points since it was last proved alive.</summary>
    public void Remove(in TrackedObject item) => Unprove(_points, item, double.PositiveInfinity);

    /// <summary>The points in time order, ending with the current state.</summary>
    /// <param name="lastSeconds">The time of the last collection; null before one.</param>
    /// <param name="provedUntil">The time up to which the last full collection proved what was alive; null before one.</param>
    /// <param name="objects">The objects now.</param>
    /// <param name="sites">How many types and stacks there are.</param>
    public IReadOnlyList<Point> Points(double? lastSeconds, double? provedUntil, TrackedObjects objects, int sites)
    {
        var points = _points.ConvertAll(point => point with { Shares = [.. point.Shares] });
        foreach (ref readonly var item in objects.Settled)
            Unprove(points, item, provedUntil ?? double.NegativeInfinity);
        foreach (ref readonly var item in objects.Loose)
            Unprove(points, item, provedUntil ?? double.NegativeInfinity);
        if (points.Count > 0 && lastSeconds > points[^1].Seconds)
            points.Add(Measure(lastSeconds.Value, objects, sites));
        return points;
    }

    /// <summary>The ledger's numbers changed.</summary>
    /// <param name="numbers">The new number of each.</param>
    public void Renumber(int[] numbers)
    {
        for (var i = 0; i < _points.Count; i++)
        {
            var shares = _points[i].Shares.GroupBy(share => numbers[share.Site], (site, parts) => parts.Aggregate(
                new Share(site, 0, 0),
                (sum, part) => new Share(site, sum.Bytes + part.Bytes, sum.Variance + part.Variance, sum.Unproved + part.Unproved)));
            _points[i] = _points[i] with { Shares = [.. shares.OrderBy(share => share.Site)] };
        }
    }

    private static void Unprove(List<Point> points, in TrackedObject item, double until)
    {
        for (var i = points.Count - 1; i >= 0 && points[i].Seconds > item.ProvedAt && points[i].Seconds >= item.ObservedAt; i--)
        {
            if (points[i].Seconds > until)
                continue;
            var shares = points[i].Shares;
            var index = Array.BinarySearch(shares, new Share(item.Site, 0, 0), BySite);
            if (index >= 0)
                shares[index] = shares[index] with { Unproved = shares[index].Unproved + item.Bytes };
        }
    }

    private static readonly Comparer<Share> BySite = Comparer<Share>.Create((left, right) => left.Site.CompareTo(right.Site));

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
