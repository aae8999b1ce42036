namespace Memtrace.Tool.Commands.Monitor;

/// <summary>Converts processor time to its share of the elapsed time: 1 is one full processor. Not thread-safe.</summary>
/// <param name="window">Over how long it is averaged.</param>
/// <param name="time">The clock.</param>
internal sealed class ProcessorShare(TimeSpan window, TimeProvider time)
{
    private readonly Queue<(long At, TimeSpan Used)> _readings = new();

    /// <summary>The share over the window that ends now; null on the first call.</summary>
    /// <param name="used">The processor time that was used up to now.</param>
    public double? Add(TimeSpan used)
    {
        var now = time.GetTimestamp();
        _readings.Enqueue((now, used));
        while (_readings.Count > 2 && time.GetElapsedTime(_readings.Peek().At, now) > window)
            _readings.Dequeue();
        var (before, usedBefore) = _readings.Peek();
        var elapsed = time.GetElapsedTime(before, now);
        return elapsed > TimeSpan.Zero ? (used - usedBefore) / elapsed : null;
    }
}
