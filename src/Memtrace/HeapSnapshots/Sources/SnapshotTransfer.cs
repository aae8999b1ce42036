using System.Text;
using Memtrace.HeapSnapshots.Graph;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>
/// Hands a snapshot over from one process of this program to another: objects and references as they are in memory, so that neither side spends time on them. Not
/// a format for files: nothing in it is checked.
/// </summary>
internal static class SnapshotTransfer
{
    private const int BufferSize = 1 << 16;

    /// <summary>Writes a snapshot.</summary>
    /// <param name="stream">Where to. The caller closes it.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <exception cref="IOException">The other side is gone.</exception>
    public static void Write(Stream stream, HeapSnapshot snapshot)
    {
        var frame = Frame(snapshot);
        var buffered = new BufferedStream(stream, BufferSize);
        using var writer = new BinaryWriter(buffered, Encoding.UTF8, leaveOpen: true);
        writer.Write(frame.Length);
        writer.Write(frame);
        snapshot.Graph.WriteObjects(writer);
        writer.Flush();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="stream">Where from. The caller closes it.</param>
    /// <exception cref="EndOfStreamException">The other side ended before it was done.</exception>
    public static HeapSnapshot Read(Stream stream)
    {
        var buffered = new BufferedStream(stream, BufferSize);
        using var reader = new BinaryReader(buffered, Encoding.UTF8, leaveOpen: true);
        var frame = new byte[reader.ReadInt32()];
        buffered.ReadExactly(frame);
        var content = new SnapshotContentReader(new MemoryStream(frame));
        var facts = SnapshotFactFields.Read(content);
        var graph = SnapshotSections.ReadTypes(content);
        graph = graph with { DanglingReferences = content.Size() };
        graph = SnapshotSections.ReadRoots(content, graph, int.MaxValue);
        graph = SnapshotSections.ReadHandles(content, graph, int.MaxValue);
        graph = SnapshotSections.ReadFields(content, graph);
        return new HeapSnapshot(HeapGraph.ReadObjects(reader).With(graph), facts);
    }

    private static byte[] Frame(HeapSnapshot snapshot)
    {
        var bytes = new MemoryStream();
        var content = new SnapshotContentWriter(bytes);
        SnapshotFactFields.Write(content, snapshot.Facts);
        SnapshotSections.WriteTypes(content, snapshot.Graph.Frame);
        content.Count(snapshot.Graph.DanglingReferences);
        SnapshotSections.WriteRoots(content, snapshot.Graph.Frame);
        SnapshotSections.WriteHandles(content, snapshot.Graph.Frame);
        SnapshotSections.WriteFields(content, snapshot.Graph.Frame);
        content.Flush();
        return bytes.ToArray();
    }
}
