namespace Memtrace.Recording;

/// <summary>Flushes the file to the disk about once a second, in the background: a slow disk does not delay the samples. Used by one thread.</summary>
/// <param name="merger">Writes the file.</param>
/// <param name="time">The clock.</param>
internal sealed class FileSync(RecordingMerger merger, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private long _startedAt = time.GetTimestamp();
    private Task _running = Task.CompletedTask;

    /// <summary>Starts a flush if the last one was long enough ago and is finished.</summary>
    public void SyncWhenDue()
    {
        if (!_running.IsCompleted || time.GetElapsedTime(_startedAt) < Interval)
            return;
        _startedAt = time.GetTimestamp();
        _running = Task.Run(merger.Sync);
    }

    /// <summary>Waits for a running flush, so that none uses the file after it is closed.</summary>
    public ValueTask DisposeAsync() => new(_running);
}
