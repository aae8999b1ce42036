using System.Diagnostics;

namespace Memtrace.Tool.Commands;

/// <summary>Makes of processor time its share of the time that went by: 1 for one processor in full. Not thread-safe.</summary>
/// <param name="window">Over how long it is averaged.</param>
internal sealed class ProcessorShare(TimeSpan window)
{
    private readonly Queue<(long At, TimeSpan Used)> _readings = new();

    /// <summary>The share over the window that ends now; null at the first time.</summary>
    /// <param name="used">The processor time that was used up to now.</param>
    public double? Add(TimeSpan used)
    {
        var now = Stopwatch.GetTimestamp();
        _readings.Enqueue((now, used));
        while (_readings.Count > 2 && Stopwatch.GetElapsedTime(_readings.Peek().At, now) > window)
            _readings.Dequeue();
        var (before, usedBefore) = _readings.Peek();
        var elapsed = Stopwatch.GetElapsedTime(before, now);
        return elapsed > TimeSpan.Zero ? (used - usedBefore) / elapsed : null;
    }
}
