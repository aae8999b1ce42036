using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>
/// Files of dotnet-gcdump, Visual Studio, dotnet-monitor and PerfView, both ways: a GCHeapDump with a MemoryGraph in TraceEvent's serializer (GCHeapDump.cs,
/// MemoryGraph.cs and Graph.cs of dotnet/diagnostics). Roots are nodes with names in square brackets.
/// </summary>
internal static class GcDumpFile
{
    private const int BufferSize = 1 << 16;

    /// <summary>The extension of such files.</summary>
    public const string Extension = ".gcdump";

    private const int FirstSupportedVersion = 9;
    private static readonly SerializedClass Dump = new("GCHeapDump", 10, 8), Graph = new("Graphs.MemoryGraph", 1, 0);

    /// <summary>Whether a file is one, by its first bytes.</summary>
    /// <param name="beginning">The bytes.</param>
    internal static bool IsOne(ReadOnlySpan<byte> beginning) =>
        beginning.Length > sizeof(int) && beginning[sizeof(int)..].StartsWith(GcDumpStreamWriter.SerializerName) && beginning.IndexOf("GCHeapDump"u8) > 0;

    /// <summary>Writes a snapshot.</summary>
    /// <param name="stream">Where to write. The caller closes it.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <exception cref="HeapSnapshotException">The format cannot hold so much.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(Stream stream, HeapSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(snapshot);
        if (snapshot.Graph.IsHistogram)
            throw new HeapSnapshotException("A histogram has no objects to write into a .gcdump file. Save it with another extension.");
        var writer = new GcDumpStreamWriter(new BufferedStream(stream, BufferSize));
        writer.Begin();
        writer.BeginObject(Dump);
        writer.BeginObject(Graph);
        new GcDumpGraphWriter(writer, snapshot.Graph).Write();
        writer.Tag(SerializerTag.EndObject);
        WriteFacts(writer, snapshot);
        writer.Tag(SerializerTag.EndObject);
        writer.End();
    }

    /// <summary>Reads a snapshot.</summary>
    /// <param name="stream">The file, at its start. The caller closes it.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <exception cref="HeapSnapshotException">The file is damaged, or of a version that cannot be read.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static HeapSnapshot Read(Stream stream, HeapProgress progress)
    {
        progress.Restart(HeapPhase.Building);
        try
        {
            var reader = new GcDumpStreamReader(new BufferedStream(stream, BufferSize));
            reader.Begin();
            RequireVersion(reader.BeginObject());
            if (reader.BeginObject() is not { MinimumVersion: 0 } graph || graph.Name != Graph.Name)
                throw new HeapSnapshotException("The .gcdump file does not contain the heap of a .NET runtime, but another one, such as that of .NET Native.");
            var nodes = GcDumpNodes.Read(reader);
            reader.EndObject();
            return new HeapSnapshot(new GcDumpGraphReader(nodes, progress).Build(), ReadFacts(reader));
        }
        catch (InvalidDataException e)
        {
            throw new HeapSnapshotException($"The .gcdump file is damaged: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static void RequireVersion(SerializedClass? type)
    {
        if (type is null || type.Name != Dump.Name)
            throw new HeapSnapshotException("It is not a .gcdump file.");
        if (type.Version < FirstSupportedVersion)
            throw new HeapSnapshotException($"The .gcdump file has version {type.Version}, which is too old. Open it with PerfView and save it again.");
    }

    // 64 bits, two factors of samples, two objects that are not there, a log, a time, machine, process, its id, commit and working set, no factors by type.
    private static void WriteFacts(GcDumpStreamWriter writer, HeapSnapshot snapshot)
    {
        var facts = snapshot.Facts;
        writer.Byte(snapshot.Graph.Alignment == sizeof(ulong) ? (byte)1 : (byte)0);
        writer.Single(1);
        writer.Single(1);
        writer.Tag(SerializerTag.Null);
        writer.Tag(SerializerTag.Null);
        writer.Text("");
        writer.Long(facts.TakenAt?.LocalDateTime.Ticks ?? 0);
        writer.Text(null);
        writer.Text(facts.Process.Name);
        writer.Number(facts.Process.Id);
        writer.Long(facts.Collection?.After.CommittedBytes ?? 0);
        writer.Long(facts.RssBytes ?? 0);
        writer.Number(0);
    }

    private static HeapSnapshotFacts ReadFacts(GcDumpStreamReader reader)
    {
        reader.Byte();
        reader.Number();
        reader.Number();
        SkipJavaScript(reader);
        SkipSegments(reader);
        reader.Text();
        var ticks = reader.Long();
        reader.Text();
        var name = reader.Text();
        var process = new ProcessDescription(reader.Number(), string.IsNullOrEmpty(name) ? null : name, null, null, null, null, 0, null, null);
        reader.Long();
        var workingSet = reader.Long();
        return new HeapSnapshotFacts(process, HeapSnapshotSource.Gcdump, TimeOf(ticks)) { RssBytes = workingSet > 0 ? workingSet : null };
    }

    // The time of the clock on the wall where it was written, which is taken for here.
    private static DateTimeOffset? TimeOf(long ticks) => ticks > TimeSpan.TicksPerDay && ticks < DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay
        ? new DateTimeOffset(new DateTime(ticks, DateTimeKind.Local)).ToUniversalTime()
        : null;

    private static void SkipJavaScript(GcDumpStreamReader reader)
    {
        if (reader.BeginObject() is not null)
            reader.EndObject();
    }

    // A size and a list of segments: start, end, and where five generations end; the last since version 1.
    private static void SkipSegments(GcDumpStreamReader reader)
    {
        if (reader.BeginObject() is null)
            return;
        reader.Long();
        for (var count = reader.Count(); count > 0; count--)
        {
            if (reader.BeginObject() is not { } segment)
                continue;
            for (var numbers = segment.Version >= 1 ? 7 : 6; numbers > 0; numbers--)
                reader.Long();
            reader.EndObject();
        }

        reader.EndObject();
    }
}
