using Memtrace.Events;
using Memtrace.HeapSnapshots.Sources.Dumps;
using Memtrace.Nettrace;
using Memtrace.Profiles;
using Memtrace.Reading;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>Reads snapshots from files: the tool's own, .gcdump of other tools, core dumps, and .nettrace with the events of a heap walk.</summary>
internal static class HeapFileSource
{
    private const int BeginningSize = 256;

    /// <summary>Whether a file holds a snapshot, and is not a recording, which may contain one among other things.</summary>
    /// <param name="file">Its path.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool IsSnapshot(string file)
    {
        using var stream = InputFile.Open(file);
        return BeginningOf(stream) is var beginning && (SnapshotFile.IsOne(beginning) || GcDumpFile.IsOne(beginning) || DumpHeapSource.IsOne(beginning));
    }

    /// <summary>Whether a file is a core dump.</summary>
    /// <param name="file">Its path.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool IsDump(string file)
    {
        using var stream = InputFile.Open(file);
        return DumpHeapSource.IsOne(BeginningOf(stream));
    }

    /// <summary>Reads a file. A core dump is read with a library of the runtime's, in this process (<see cref="DumpHeapSource"/>).</summary>
    /// <param name="file">Its path.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="HeapSnapshotException">The file holds no snapshot, or a damaged one.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static HeapSnapshot Read(string file, HeapProgress progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(progress);
        using var stream = InputFile.Open(file);
        var beginning = BeginningOf(stream);
        if (SnapshotFile.IsOne(beginning))
            return SnapshotFile.Read(stream, progress);
        if (DumpHeapSource.IsOne(beginning))
            return DumpHeapSource.Read(file, new DumpOptions(), progress, cancellation);
        if (GcDumpFile.IsOne(beginning))
            return GcDumpFile.Read(stream, progress);
        if (beginning.Length == 0)
            throw new HeapSnapshotException("The file is empty.");
        return RecordingFormats.IsNettrace(beginning) ? ReadRecording(stream, progress, cancellation) : throw Unreadable(beginning);
    }

    private static HeapSnapshotException Unreadable(ReadOnlySpan<byte> beginning)
    {
        if (beginning.StartsWith("MDMP"u8))
        {
            return new HeapSnapshotException("It is a Windows dump: only core dumps of Linux can be read. Read it with 'dotnet-dump analyze FILE' on Windows.")
            {
                Remedy = new HeapRemedy(HeapRemedyKind.TakeThere),
            };
        }

        ReadOnlySpan<byte> machO = [0xCF, 0xFA, 0xED, 0xFE];
        return new HeapSnapshotException(beginning.StartsWith(machO)
            ? "It is a core dump of macOS: only those of Linux can be read. Open it with dotnet-dump on a Mac."
            : "It is not a heap snapshot (.memsnap, .gcdump), a core dump or a recording (.nettrace).");
    }

    private static byte[] BeginningOf(FileStream stream)
    {
        var beginning = new byte[BeginningSize];
        var length = stream.ReadAtLeast(beginning, BeginningSize, throwOnEndOfStream: false);
        stream.Position = 0;
        return beginning[..length];
    }

    // Names are not kept of all methods: where those of methods that hold objects come before these, the file is read twice.
    private static HeapSnapshot ReadRecording(FileStream stream, HeapProgress progress, CancellationToken cancellation)
    {
        try
        {
            progress.Restart(HeapPhase.Building);
            var facts = new WalkFacts();
            using var events = new HeapEventReader(HeapContent.Graph, facts, progress);
            new NettraceReader(new BlockReader(stream), events).Read(cancellation);
            if (events.Defect is { } defect)
                throw new HeapSnapshotException(MessageOf(defect)) { Remedy = defect == HeapDefect.NoWalk ? new HeapRemedy(HeapRemedyKind.ReadRecording) : null };

            progress.Phase = HeapPhase.Naming;
            if (facts.Names.IsIncomplete)
            {
                stream.Position = 0;
                new RecordingReader(facts.Names).Read(new BlockReader(stream), cancellation);
            }

            var heap = events.Result;
            return new HeapSnapshot(
                heap.Build(facts.Names, ModuleFile.Open),
                new HeapSnapshotFacts(facts.Process, HeapSnapshotSource.Events, heap.TakenAt) { Collection = facts.Collection, CollectionNumber = heap.Collection, PaddingBytes = heap.PaddingBytes });
        }
        catch (Exception e) when (e is NettraceException or RecordingException or EndOfStreamException or InvalidDataException)
        {
            throw new HeapSnapshotException($"The recording cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static string MessageOf(HeapDefect defect) => defect switch
    {
        HeapDefect.NoWalk => "The recording contains no heap snapshot.",
        HeapDefect.NoTypeNames => "The snapshot in the recording has no type names.",
        HeapDefect.NoRoots => "The snapshot in the recording does not show what holds the objects.",
        _ => "The snapshot in the recording is incomplete: events are missing.",
    };
}
