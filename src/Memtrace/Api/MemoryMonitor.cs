using System.Runtime.CompilerServices;
using Memtrace.Monitoring;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Recording;
using Memtrace.Recording.Buffering;

namespace Memtrace;

/// <summary>Watches the memory of a .NET process while it runs. Thread-safe.</summary>
public static class MemoryMonitor
{
    /// <summary>Watches a process. Memory is bounded, however long that takes.</summary>
    /// <param name="target">The process.</param>
    /// <param name="interval">Time between two profiles, 100 ms or more.</param>
    /// <param name="options">What to record; null for the defaults. Its file is not used.</param>
    /// <param name="cancellation">Ends the watch.</param>
    /// <returns>The profile of all that has happened since the start, again after each interval; ends when the process does.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The interval is shorter than 100 ms.</exception>
    /// <exception cref="TargetException">The process cannot be reached, or has exited before its first event.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IAsyncEnumerable<MemoryProfile> WatchAsync(MemoryTarget target, TimeSpan interval, RecordingOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.FromMilliseconds(100));
        return ProfilesAsync(target, options ?? new RecordingOptions(""), interval, TimeProvider.System, cancellation);
    }

    private static async IAsyncEnumerable<MemoryProfile> ProfilesAsync(
        MemoryTarget target, RecordingOptions options, TimeSpan interval, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var process = await target.OpenAsync(cancellation).ConfigureAwait(false);
        using var recording = new LiveRecording(process, options, BufferLimit.Default);
        var run = recording.RunAsync();
        try
        {
            while (await Task.WhenAny(run, Task.Delay(interval, time, cancellation)).ConfigureAwait(false) != run)
            {
                cancellation.ThrowIfCancellationRequested();
                if (await recording.ProfileAsync().ConfigureAwait(false) is { } profile)
                    yield return profile;
            }

            await run.ConfigureAwait(false);
            if (await recording.ProfileAsync().ConfigureAwait(false) is { } last)
                yield return last;
        }
        finally
        {
            recording.Stop();
            process.Terminate();
            await Task.WhenAny(run).ConfigureAwait(false);
        }
    }
}
