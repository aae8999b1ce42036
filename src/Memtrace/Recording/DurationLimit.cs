namespace Memtrace.Recording;

/// <summary>
/// Decides when the requested duration is over. It counts from the end of what is done at the start (a heap snapshot, a full collection), however long
/// that takes on a large heap; for a target that does not answer, from the start. Thread-safe.
/// </summary>
/// <param name="duration">The requested duration, or null for none.</param>
/// <param name="time">The clock.</param>
internal sealed class DurationLimit(TimeSpan? duration, TimeProvider time)
{
    private readonly long _startedAt = time.GetTimestamp();

    // A timestamp; null while the target is being prepared. Boxed, so that it is written at once.
    private volatile object? _readyAt;

    /// <summary>Notes that everything to be done at the start is finished, or was given up.</summary>
    public void Begin() => _readyAt = time.GetTimestamp();

    /// <summary>Whether the duration is over.</summary>
    /// <param name="collectionsStarted">The collections that the target has started since the recording started: none if it does not answer.</param>
    public bool IsReached(int collectionsStarted) => duration is { } limit && _readyAt switch
    {
        long readyAt => time.GetElapsedTime(readyAt) >= limit,
        _ => collectionsStarted == 0 && time.GetElapsedTime(_startedAt) >= limit,
    };
}
