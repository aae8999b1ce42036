using Memtrace.Profiles;

namespace Memtrace.Analysis.Memory;

/// <summary>Tracks the first, last and highest value of a quantity.</summary>
internal sealed class MeasureTracker
{
    private long _start;
    private double _peakAt;

    /// <summary>The last value; null if there is none yet.</summary>
    public long? Current { get; private set; }

    /// <summary>The highest value so far.</summary>
    public long Peak { get; private set; }

    /// <summary>Adds a value.</summary>
    public void Add(double seconds, long bytes)
    {
        if (Current is null)
            _start = bytes;
        if (Current is null || bytes > Peak)
            (Peak, _peakAt) = (bytes, seconds);
        Current = bytes;
    }

    /// <summary>The result; null if there were no values.</summary>
    public Measure? ToMeasure() => Current is { } current ? new Measure(_start, current, Peak, _peakAt) : null;
}
