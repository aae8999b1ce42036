namespace Memtrace.Analysis.Memory;

/// <summary>Keeps a bounded number of items: all of them; when there are too many, every second, then every fourth, and so on; always the last one.</summary>
/// <param name="limit">How many to keep at most, 2 or more.</param>
internal sealed class EvenSeries<T>(int limit = AnalysisOptions.DefaultSeriesLength)
{
    private readonly List<T> _kept = [];
    private long _count;
    private long _stride = 1;
    private T? _last;

    /// <summary>Adds the next item.</summary>
    public void Add(T item)
    {
        _last = item;
        if (_count++ % _stride != 0)
            return;
        if (_kept.Count == limit)
            Downsample();
        if ((_count - 1) % _stride == 0)
            _kept.Add(item);
    }

    /// <summary>The items kept, in the order in which they were added.</summary>
    public IEnumerable<T> Items => _count > 0 && (_count - 1) % _stride != 0 ? _kept.Append(_last!) : _kept;

    private void Downsample()
    {
        List<T> kept = [.. _kept.Where((_, index) => index % 2 == 0)];
        _kept.Clear();
        _kept.AddRange(kept);
        _stride *= 2;
    }
}
