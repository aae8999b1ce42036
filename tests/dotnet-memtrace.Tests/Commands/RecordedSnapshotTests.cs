using Memtrace.Tool.Commands;
using Memtrace.Watching.Captures;

namespace Memtrace.Tool.Tests.Commands;

public sealed class RecordedSnapshotTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>collect saves NAME.start.memsnap and NAME.end.memsnap, watch NAME.memsnap.</summary>
    [Theory]
    [InlineData("app.nettrace", "app.end.memsnap", "app.end.memsnap", "app.start.memsnap")]
    [InlineData("app.nettrace", "app.start.memsnap", "app.start.memsnap")]
    [InlineData("app_1234.nettrace", "app_1234.memsnap", "app_1234.memsnap")]
    [InlineData("app.nettrace", null, "app2.memsnap", "other.end.memsnap")]
    public void The_latest_snapshot_beside_a_recording_is_found(string recording, string? expected, params string[] files)
    {
        foreach (var file in files)
            File.WriteAllBytes(_folder.File(file), []);

        Assert.Equal(expected is null ? null : _folder.File(expected), RecordedSnapshot.FileBeside(_folder.File(recording)));
    }

    /// <summary>A watcher saves under the time of each incident. In a container, the process after a restart has the same id.</summary>
    [Fact]
    public void A_watched_process_has_its_snapshot_under_another_name()
    {
        var started = new DateTimeOffset(2026, 1, 2, 3, 0, 0, TimeSpan.Zero);
        Capture[] captures =
        [
            Of("app_1.memsnap", CaptureKind.Heap, started, 1),
            Of("app_2.memsnap", CaptureKind.Heap, started, 2),
            Of("app_3.nettrace", CaptureKind.Recording, started, 3),
            Of("app_4.memsnap", CaptureKind.Heap, started.AddHours(1), 4),
            Of("app_5.nettrace", CaptureKind.Recording, started.AddHours(2), 5),
            Of("../app_6.memsnap", CaptureKind.Heap, started, 6),
        ];
        using (var index = File.Create(_folder.File(CaptureIndex.FileName)))
            CaptureIndex.Write(index, captures);
        foreach (var capture in captures.SkipLast(1))
            File.WriteAllBytes(_folder.File(capture.File), []);

        Assert.Equal(_folder.File("app_2.memsnap"), RecordedSnapshot.FileBeside(_folder.File("app_3.nettrace")));
        Assert.Null(RecordedSnapshot.FileBeside(_folder.File("app_5.nettrace")));
        Assert.Null(RecordedSnapshot.FileBeside(_folder.File("unknown.nettrace")));

        static Capture Of(string file, CaptureKind kind, DateTimeOffset processStartedAt, int minute) =>
            new(file, kind, processStartedAt.AddMinutes(minute), 0) { Cause = new CaptureCause(1, "app", "oom-kill", "") { ProcessStartedAt = processStartedAt } };
    }
}
