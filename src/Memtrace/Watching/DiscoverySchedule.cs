namespace Memtrace.Watching;

/// <summary>When to look for new processes: at intervals, which are shorter after a process has ended, because it may be restarted. Thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class DiscoverySchedule(TimeProvider time)
{
    /// <summary>How often to look.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>How often to look while a restart is likely.</summary>
    public static readonly TimeSpan RestartInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long a restart is likely.</summary>
    public static readonly TimeSpan RestartLimit = TimeSpan.FromSeconds(10);

    private TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _endedAt = long.MinValue;

    /// <summary>A process has ended.</summary>
    public void Ended()
    {
        Volatile.Write(ref _endedAt, time.GetTimestamp());
        Volatile.Read(ref _ended).TrySetResult();
    }

    /// <summary>Waits until it is time to look.</summary>
    /// <param name="stop">Cancels waiting.</param>
    public async Task WaitAsync(CancellationToken stop)
    {
        var ended = Volatile.Read(ref _ended);
        await ended.Task.WaitAsync(IsRestartLikely ? RestartInterval : Interval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.ThrowIfCancellationRequested();
        if (ended.Task.IsCompleted)
            Volatile.Write(ref _ended, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    private bool IsRestartLikely => Volatile.Read(ref _endedAt) is var at and not long.MinValue && time.GetElapsedTime(at) < RestartLimit;
}
