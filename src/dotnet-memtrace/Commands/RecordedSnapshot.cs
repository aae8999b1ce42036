using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.Processes;
using Memtrace.Recording;
using Memtrace.Tool.Rendering;
using Memtrace.Watching.Captures;

namespace Memtrace.Tool.Commands;

/// <summary>A heap snapshot that is taken during a recording and saved beside it: <c>app.start.memsnap</c> and <c>app.end.memsnap</c> beside <c>app.nettrace</c>.</summary>
/// <param name="target">The process.</param>
/// <param name="file">The snapshot's file.</param>
/// <param name="overwrite">Whether it may exist.</param>
/// <param name="moment">When it is taken: <c>at the start</c>.</param>
/// <param name="say">Writes a line for the user.</param>
internal sealed class RecordedSnapshot(Target target, string file, bool overwrite, string moment, Action<string> say)
{
    /// <summary>The file of the snapshot at the start of a recording.</summary>
    /// <param name="recording">The recording's file.</param>
    public static string FileAtStart(string recording) => Stem(recording) + ".start" + SnapshotFile.Extension;

    /// <summary>The file of the one at its end.</summary>
    /// <param name="recording">The recording's file.</param>
    public static string FileAtEnd(string recording) => Stem(recording) + ".end" + SnapshotFile.Extension;

    /// <summary>The file of a heap snapshot beside a recording, the latest if there are several: saved by <c>collect</c>, or by <c>watch</c> of the same process.</summary>
    /// <param name="recording">The recording's file.</param>
    /// <returns>Null if there is none.</returns>
    public static string? FileBeside(string recording) =>
        new[] { FileAtEnd(recording), Stem(recording) + SnapshotFile.Extension }.FirstOrDefault(File.Exists) ?? Watched(recording)
        ?? (FileAtStart(recording) is var start && File.Exists(start) ? start : null);

    private static string? Watched(string recording)
    {
        try
        {
            return CaptureIndex.SnapshotOf(recording);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Takes and saves it. If that is not possible, it says why: the recording goes on.</summary>
    /// <param name="interruption">Cancels the operation, and knows why.</param>
    /// <param name="cancellation">Cancelled by the interruption, or by the user.</param>
    /// <returns>Whether the process was paused for it.</returns>
    public async Task<bool> TakeAsync(Interruption interruption, CancellationToken cancellation)
    {
        var cost = HeapCost.Bound(target);
        if (cost.Obstacle(HeapContent.Graph) is { } obstacle)
        {
            say($"No heap snapshot {moment}: {FailureText.Of(obstacle)}");
            return false;
        }

        say($"Heap snapshot {moment}: the process will be paused for a full garbage collection and a walk over its heap{cost.Describe()}.");
        try
        {
            var source = new ProcessHeapSource(target, new HeapRequest { BufferSizeMB = cost.BufferSizeMB }, new HeapProgress());
            using var snapshot = await source.TakeAsync(cancellation);
            Save(snapshot);
            return true;
        }
        catch (OperationCanceledException)
        {
            if (!interruption.IsReported)
                say($"No heap snapshot {moment}: {interruption.Reason ?? "it was cancelled"}.");
        }
        catch (Exception error) when (error is TargetException or HeapSnapshotException or IOException or InvalidDataException or OutOfMemoryException)
        {
            say($"No heap snapshot {moment}: {TerminalText.Clean(FailureText.Of(error))}");
        }

        return false;
    }

    private static string Stem(string recording) =>
        recording.EndsWith(RecordingName.Extension, StringComparison.OrdinalIgnoreCase) ? recording[..^RecordingName.Extension.Length] : recording;

    // Without a file, the collection took place all the same.
    private void Save(HeapSnapshot snapshot)
    {
        try
        {
            var bytes = OutputFile.Write(file, overwrite, stream => SnapshotFile.Write(stream, snapshot));
            say($"Saved {TerminalText.Clean(file)} ({ByteSize.Format(bytes)}).");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            say($"The heap snapshot {moment} cannot be saved: {TerminalText.Clean(FailureText.OfNewFile(error))}");
        }
    }
}
