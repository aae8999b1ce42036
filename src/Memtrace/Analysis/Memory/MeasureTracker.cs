using Memtrace.Profiles;

namespace Memtrace.Analysis.Memory;

/// <summary>Follows a quantity: its first, last and highest value.</summary>
internal sealed class MeasureTracker
{
    private long _start;
    private double _peakAt;

    /// <summary>The last value, or null before the first.</summary>
    public long? Current { get; private set; }

    /// <summary>The highest value so far.</summary>
    public long Peak { get; private set; }

    /// <summary>A value at a moment.</summary>
    public void Add(double seconds, long bytes)
    {
        if (Current is null)
            _start = bytes;
        if (Current is null || bytes > Peak)
            (Peak, _peakAt) = (bytes, seconds);
        Current = bytes;
    }

    /// <summary>The values so far, or null where there were none.</summary>
    public Measure? ToMeasure() => Current is { } current ? new Measure(_start, current, Peak, _peakAt) : null;
}
