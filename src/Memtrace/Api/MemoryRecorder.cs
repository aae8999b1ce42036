using Memtrace.Processes;
using Memtrace.Recording;

namespace Memtrace;

/// <summary>Records the memory of a .NET process into a file, without a restart. Thread-safe.</summary>
public static class MemoryRecorder
{
    /// <summary>
    /// Records until <see cref="RecordingOptions.Duration"/> is over, the file reaches <see cref="RecordingOptions.MaxSize"/>, the process exits, or
    /// <paramref name="stop"/> is cancelled. The file is valid at any moment.
    /// </summary>
    /// <param name="target">The process.</param>
    /// <param name="options">What to record, into which file, and for how long.</param>
    /// <param name="stop">Ends the recording; the file is then finished within 5 s, and no exception is thrown.</param>
    /// <returns>How the recording ended.</returns>
    /// <exception cref="TargetException">The process cannot be reached, or has exited before its first event.</exception>
    /// <exception cref="IOException">The file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled before the recording began.</exception>
    public static async Task<RecordingResult> RecordAsync(MemoryTarget target, RecordingOptions options, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(options);
        await using var process = await target.OpenAsync(stop).ConfigureAwait(false);
        var recorder = new Recorder(process, options);
        await using var registration = stop.Register(recorder.Stop);
        try
        {
            return await recorder.RunAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            process.Terminate();
        }
    }
}
