using Memtrace.Profiles;
using Memtrace.Recording;
using Memtrace.Tool.Rendering;
using RecordingEnd = Memtrace.Recording.RecordingEnd;

namespace Memtrace.Tool.Tests.Rendering;

public sealed class RecordingEndTextTests
{
    private static readonly RecordingOptions Options = new("a.nettrace") { Duration = TimeSpan.FromSeconds(20) };

    private static readonly RecordingResult Result = new("a.nettrace", 1 << 20, new RecordingEnd(EndReason.Duration), 0, null) { Duration = TimeSpan.FromSeconds(20.3) };

    /// <summary>Ending a session takes time, in which events arrive: the recording is a little longer than asked for, and its report says how long.</summary>
    [Fact]
    public void The_length_is_the_one_that_the_report_shows() => Assert.Equal("Recorded for 20.3 s: a.nettrace (1.0 MiB)", RecordingEndText.Format(Result, Options));

    /// <summary>A full disk is one line, whatever did not take place because of it.</summary>
    [Fact]
    public void A_full_disk_says_what_there_is_not_for_that_reason()
    {
        var full = Result with { End = new RecordingEnd(EndReason.DiskFull, Detail: "No space left on device") };

        Assert.Equal("The file cannot grow any further (No space left on device): a.nettrace (1.0 MiB)", RecordingEndText.Format(full, Options));
        Assert.Equal(
            "The file cannot grow any further (No space left on device), so no full collection was forced at the end: a.nettrace (1.0 MiB)",
            RecordingEndText.Format(full, Options with { CollectAtEnd = true }));
        Assert.Equal(
            "The file cannot grow any further (No space left on device), so no heap snapshot was taken at the end: a.nettrace (1.0 MiB)",
            RecordingEndText.Format(full, Options with { CollectAtEnd = true, SnapshotAtEnd = _ => Task.FromResult(true) }));
    }

    [Fact]
    public void A_live_view_shows_the_time_watched() => Assert.Equal("Watched for 20.3 s", RecordingEndText.Reason(Result, Options, "Watched"));
}
