using Memtrace.Monitoring;
using Memtrace.Profiles;
using Memtrace.Reading;

namespace Memtrace.Watching.Continuous;

/// <summary>Takes the profile of each window of a recording, and the rest at its end. Not thread-safe.</summary>
/// <param name="recording">The recording.</param>
/// <param name="resource">What identifies the process.</param>
/// <param name="upload">Sends them.</param>
/// <param name="length">The length of a window.</param>
/// <param name="time">The clock.</param>
internal sealed class ProfileWindows(LiveRecording recording, ResourceAttributes resource, ProfileUpload upload, TimeSpan length, TimeProvider time)
{
    private long _startedAt = time.GetTimestamp();

    /// <summary>Takes a profile if a window is over.</summary>
    public Task TakeWhenDueAsync() => time.GetElapsedTime(_startedAt) >= length ? TakeAsync() : Task.CompletedTask;

    /// <summary>Takes the profile of what is left of the last window.</summary>
    public async Task TakeAsync()
    {
        _startedAt = time.GetTimestamp();
        if (await NextAsync() is { Recording.DurationSeconds: > 0 } window && (window.Allocations.Total.Samples > 0 || window.Live is not null))
            upload.Add(window, resource);
    }

    private async Task<MemoryProfile?> NextAsync()
    {
        try
        {
            return await recording.TakeWindowAsync();
        }
        catch (RecordingException)
        {
            // A damaged stream ends the recording, which reports it.
            return null;
        }
    }
}
