using System.Runtime.InteropServices;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>
/// Finds when the most bytes were alive. An object counts from its birth until a collection last proved it alive, or until now if none has found it dead: garbage
/// that floats until a collection finds it does not count. What is alive only falls after a collection has proved it, so the highest moment is one of these.
/// </summary>
/// <param name="limit">Maximum number of moments, even. When it is reached, every other one is dropped, and later ones keep that distance.</param>
internal sealed class PeakSearch(int limit = 1 << 16)
{
    private readonly List<double> _moments = [];

    /// <summary>By moment, bytes that are born after the moment before, less those that were last proved alive at that one. The last element is of now.</summary>
    private readonly List<double> _changes = [0];

    private double _spacing;

    /// <summary>A collection proves what is alive. Out of order, or too close to the moment before, it is ignored.</summary>
    /// <param name="seconds">The time of the proof.</param>
    public void Add(double seconds)
    {
        if (_moments.Count > 0 && seconds <= _moments[^1] + _spacing)
            return;
        if (_moments.Count == limit)
            Downsample();
        _moments.Add(seconds);
        _changes.Add(0);
    }

    /// <summary>An object is dead, or lost.</summary>
    public void Remove(in TrackedObject item)
    {
        if (!item.Observed)
            return;
        var (first, end) = (FirstFrom(item.Born), FirstAfter(item.ProvedAt));
        if (first >= end)
            return;
        _changes[first] += item.Bytes;
        _changes[end] -= item.Bytes;
    }

    /// <summary>When the most bytes were alive; null if that is now.</summary>
    /// <param name="objects">The objects now.</param>
    public double? Highest(TrackedObjects objects)
    {
        var changes = _changes.ToArray();
        AddLiving(objects.Settled);
        AddLiving(objects.Loose);
        var (sum, highest, at) = (0.0, double.NegativeInfinity, (double?)null);
        for (var i = 0; i < _moments.Count; i++)
        {
            sum += changes[i];
            if (sum > highest)
                (highest, at) = (sum, _moments[i]);
        }

        // Sums of many small changes are not exact.
        return highest > (sum + changes[^1]) * (1 + 1e-9) ? at : null;

        void AddLiving(ReadOnlySpan<TrackedObject> items)
        {
            foreach (ref readonly var item in items)
            {
                if (item.Observed)
                    changes[FirstFrom(item.Born)] += item.Bytes;
            }
        }
    }

    /// <summary>Forgets all objects.</summary>
    public void Clear() => CollectionsMarshal.AsSpan(_changes).Clear();

    private int FirstFrom(double seconds) => _moments.BinarySearch(seconds) is var index && index >= 0 ? index : ~index;

    private int FirstAfter(double seconds) => _moments.BinarySearch(seconds) is var index && index >= 0 ? index + 1 : ~index;

    // The changes of a dropped moment belong to the next one: there, the sums are exact.
    private void Downsample()
    {
        var half = limit / 2;
        for (var i = 0; i < half; i++)
            (_moments[i], _changes[i]) = (_moments[(2 * i) + 1], _changes[2 * i] + _changes[(2 * i) + 1]);
        _changes[half] = _changes[limit];
        _moments.RemoveRange(half, half);
        _changes.RemoveRange(half + 1, half);
        _spacing = 2 * (_moments[^1] - _moments[0]) / limit;
    }
}
