using Memtrace.Analysis;
using Memtrace.Analysis.Findings;
using Memtrace.HeapSnapshots;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Tool.Commands.Heap;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>
/// Reads a recording together with a heap snapshot that was taken while it ran: one knows who allocates, the other who holds. Neither the analysis of recordings nor
/// that of snapshots knows the other, so they meet here.
/// </summary>
internal static class JoinedInput
{
    /// <summary>Reads a recording, with the addresses of its tracked objects at the moment of a snapshot.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="options">Which part of it.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <exception cref="RecordingException">It cannot be read.</exception>
    public static MemoryProfile Read(string recording, AnalysisOptions options, HeapSnapshot snapshot) =>
        RecordingAnalysis.Analyze(recording, options with { ObjectsAfter = snapshot.Facts.CollectionNumber is { } number ? [number] : [] });

    /// <summary>Reads a recording, with what holds the objects that accumulate in it.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="options">Which part of it.</param>
    /// <param name="snapshot">The file of the snapshot.</param>
    /// <exception cref="RecordingException">The recording cannot be read.</exception>
    /// <exception cref="CommandException">The snapshot cannot be read, or is not of this recording.</exception>
    public static MemoryProfile Explain(string recording, AnalysisOptions options, string snapshot)
    {
        using var heap = SnapshotInput.Read(snapshot, CancellationToken.None);
        return WithSnapshot(Explain(Read(recording, options, heap), heap, snapshot), snapshot);
    }

    /// <summary>The same with the snapshot that <c>collect --heap-at-end</c> saved beside the recording; without one that fits, the recording alone.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="options">Which part of it.</param>
    /// <exception cref="RecordingException">The recording cannot be read.</exception>
    public static MemoryProfile ExplainIfPossible(string recording, AnalysisOptions options) =>
        WithSnapshot(ExplainByEnd(recording, options), RecordedSnapshot.FileBeside(recording));

    private static MemoryProfile WithSnapshot(MemoryProfile profile, string? snapshot) => profile with { Recording = profile.Recording with { HeapSnapshot = snapshot } };

    private static MemoryProfile ExplainByEnd(string recording, AnalysisOptions options)
    {
        var snapshot = RecordedSnapshot.FileAtEnd(recording);
        if (!File.Exists(snapshot) || ReadIfPossible(snapshot) is not { } read)
            return RecordingAnalysis.Analyze(recording, options);
        using var heap = read;
        var profile = Read(recording, options, heap);
        if (profile.Live is null)
            return profile;
        try
        {
            return Explain(profile, heap, snapshot);
        }
        catch (CommandException error)
        {
            Errors.Warn(error.Message);
            return profile;
        }
    }

    private static HeapSnapshot? ReadIfPossible(string snapshot)
    {
        try
        {
            return SnapshotInput.Read(snapshot, CancellationToken.None);
        }
        catch (CommandException error)
        {
            Errors.Warn(error.Message);
            return null;
        }
    }

    private static MemoryProfile Explain(MemoryProfile profile, HeapSnapshot heap, string snapshot)
    {
        using var analysis = new HeapAnalysis(heap);
        try
        {
            return analysis.Explain(profile).WithConclusions();
        }
        catch (HeapSnapshotException error)
        {
            throw new CommandException(ExitCode.TracingError, $"{snapshot}: {FailureText.Of(error)}");
        }
    }
}
