namespace Memtrace.Watching;

/// <summary>The time of day, except that setting the clock does not change it. The difference of two readings is the time that has passed. Thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class SteadyClock(TimeProvider time)
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private readonly long _start = time.GetTimestamp();

    /// <summary>The time, UTC.</summary>
    public DateTimeOffset Now => _startedAt + time.GetElapsedTime(_start);
}
