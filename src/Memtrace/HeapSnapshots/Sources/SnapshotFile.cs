using System.Buffers.Binary;
using System.Collections.Frozen;
using System.IO.Compression;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>
/// The tool's own files of snapshots, both ways (docs/snapshot-format.md): a magic, a version, and a gzip member, whose checksum is that of the content:
/// facts, modules, types, shapes (type and size), objects, references, roots, dependent and weak handles, names of fields.
/// </summary>
internal static class SnapshotFile
{
    /// <summary>The extension of such files.</summary>
    public const string Extension = ".memsnap";

    private const ushort Version = 2;

    /// <summary>A histogram: counts of objects in place of the objects.</summary>
    private const ushort HistogramVersion = 3;

    /// <summary>Without dependent and weak handles.</summary>
    private const ushort FirstVersion = 1;
    private const int HeaderSize = 10;

    private static ReadOnlySpan<byte> Magic => "MEMSNAP\0"u8;

    /// <summary>Shows that the file is complete: a reader of the gzip member does not notice a missing end.</summary>
    private static ReadOnlySpan<byte> EndMark => "\0PANSMEM"u8;

    /// <summary>Whether a file is one, by its first bytes.</summary>
    /// <param name="beginning">The bytes.</param>
    internal static bool IsOne(ReadOnlySpan<byte> beginning) => beginning.StartsWith(Magic);

    /// <summary>Writes a snapshot.</summary>
    /// <param name="stream">Where to write. The caller closes it.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(Stream stream, HeapSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(snapshot);
        Span<byte> header = stackalloc byte[HeaderSize];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[Magic.Length..], snapshot.Graph.IsHistogram ? HistogramVersion : Version);
        stream.Write(header);
        using (var compressed = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
            WriteContent(compressed, snapshot);
        stream.Write(EndMark);
    }

    /// <summary>Reads a snapshot.</summary>
    /// <param name="stream">The seekable file, at its start. The caller closes it.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <exception cref="HeapSnapshotException">The file is damaged, or of a later version.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static HeapSnapshot Read(Stream stream, HeapProgress progress)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        if (stream.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize || !IsOne(header))
            throw new HeapSnapshotException("The snapshot is damaged: it is cut off.");
        if (BinaryPrimitives.ReadUInt16LittleEndian(header[Magic.Length..]) is var version && version is not (FirstVersion or Version or HistogramVersion))
            throw new HeapSnapshotException($"The snapshot has format {version}, which this version cannot read.");
        RequireEndMark(stream);
        try
        {
            using var compressed = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
            return Read(new SnapshotContentReader(compressed), version, progress);
        }
        catch (InvalidDataException e)
        {
            throw new HeapSnapshotException($"The snapshot is damaged: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static void WriteContent(Stream stream, HeapSnapshot snapshot)
    {
        var content = new SnapshotContentWriter(stream);
        SnapshotFactFields.Write(content, snapshot.Facts);
        content.Count(snapshot.Graph.Alignment);
        SnapshotSections.WriteTypes(content, snapshot.Graph.Frame);
        if (snapshot.Graph.IsHistogram)
            WriteCounts(content, snapshot.Graph);
        else
            WriteGraph(content, snapshot.Graph);
        content.Flush();
    }

    private static void WriteGraph(SnapshotContentWriter content, HeapGraph graph)
    {
        WriteObjects(content, graph);
        WriteReferences(content, graph);
        SnapshotSections.WriteRoots(content, graph.Frame);
        SnapshotSections.WriteHandles(content, graph.Frame);
        SnapshotSections.WriteFields(content, graph.Frame);
    }

    private static void RequireEndMark(Stream stream)
    {
        Span<byte> end = stackalloc byte[EndMark.Length];
        stream.Position = Math.Max(HeaderSize, stream.Length - end.Length);
        if (stream.ReadAtLeast(end, end.Length, throwOnEndOfStream: false) < end.Length || !end.SequenceEqual(EndMark))
            throw new HeapSnapshotException("The snapshot is damaged: it is cut off.");
        stream.Position = HeaderSize;
    }

    private static HeapSnapshot Read(SnapshotContentReader content, ushort version, HeapProgress progress)
    {
        progress.Restart(HeapPhase.Building);
        var facts = SnapshotFactFields.Read(content);
        var alignment = content.Count(sizeof(ulong)) is sizeof(uint) ? sizeof(uint) : sizeof(ulong);
        var frame = SnapshotSections.ReadTypes(content);
        var graph = version == HistogramVersion ? ReadCounts(content, frame, alignment) : ReadGraph(content, frame, alignment, version, progress);
        return new HeapSnapshot(graph, facts);
    }

    private static HeapGraph ReadGraph(SnapshotContentReader content, GraphFrame frame, int alignment, ushort version, HeapProgress progress)
    {
        using var builder = new HeapGraphBuilder(alignment);
        ReadObjects(content, builder, frame.Types.Length, progress);
        ReadReferences(content, builder);
        frame = SnapshotSections.ReadRoots(content, frame, builder.ObjectCount);
        if (version > FirstVersion)
            frame = SnapshotSections.ReadFields(content, SnapshotSections.ReadHandles(content, frame, builder.ObjectCount));
        content.End();
        RequireReferences(builder, frame.Dependents);
        return builder.Build().With(frame);
    }

    private static void RequireReferences(HeapGraphBuilder builder, FrozenDictionary<int, int> dependents)
    {
        if (dependents.Any(dependent => dependent.Value > builder.ReferencesOf(dependent.Key)))
            throw new InvalidDataException("an object has fewer references than dependent handles");
    }

    /// <summary>
    /// A list of shapes: type and size. Then a list of objects in the order of their numbers: the distance from the end of the one before, in units of the
    /// alignment; the shape times two, and 1 more where the number of references is another than that of the last object of the shape; then that number.
    /// </summary>
    private static void WriteObjects(SnapshotContentWriter content, HeapGraph graph)
    {
        var shapes = graph.Shapes;
        content.Count(shapes.Length);
        foreach (var shape in shapes)
        {
            content.Count(shape.Type);
            content.Count(shape.Size);
        }

        content.Count(graph.ObjectCount);
        var layout = new ObjectLayout(graph.Alignment, shapes.Length);
        var number = 0;
        foreach (var address in graph.Addresses)
        {
            var (shape, references) = (graph.ShapeNumbers[number], graph.ReferencesOf(number).Length);
            content.Signed(layout.DistanceTo(address));
            layout.MoveTo(address, shapes[shape].Size);
            var isUsual = layout.References[shape] == references;
            content.Count((2L * shape) + (isUsual ? 0 : 1));
            if (!isUsual)
                content.Count(layout.References[shape] = references);
            number++;
        }
    }

    private static void ReadObjects(SnapshotContentReader content, HeapGraphBuilder builder, int types, HeapProgress progress)
    {
        const int Step = 1 << 16;
        var shapes = new List<Shape>();
        for (var count = content.Count(); count > 0; count--)
            shapes.Add(ReadShape(content, types));

        var layout = new ObjectLayout(builder.Alignment, shapes.Count);
        var objects = content.Count();
        for (var number = 0; number < objects; number++)
        {
            var address = layout.AddressAt(content.Signed());
            var token = content.Unsigned();
            if (token >> 1 >= (ulong)shapes.Count)
                throw new InvalidDataException("an object has a shape that does not exist");
            var shape = (int)(token >> 1);
            if ((token & 1) != 0)
                layout.References[shape] = content.Count();
            builder.AddObject(address, shapes[shape].Size, shapes[shape].Type, layout.References[shape]);
            layout.MoveTo(address, shapes[shape].Size);
            if (number % Step == 0)
                progress.Add(Math.Min(Step, objects - number), 0);
        }
    }

    /// <summary>A list of shapes: type, size, and how many objects there are.</summary>
    private static void WriteCounts(SnapshotContentWriter content, HeapGraph graph)
    {
        content.Count(graph.Shapes.Length);
        for (var i = 0; i < graph.Shapes.Length; i++)
        {
            content.Count(graph.Shapes[i].Type);
            content.Count(graph.Shapes[i].Size);
            content.Count(graph.ShapeCounts[i]);
        }
    }

    private static HeapGraph ReadCounts(SnapshotContentReader content, GraphFrame frame, int alignment)
    {
        var builder = new HistogramBuilder();
        for (var count = content.Count(); count > 0; count--)
        {
            var shape = ReadShape(content, frame.Types.Length);
            builder.Add(shape.Type, shape.Size, content.Count());
        }

        content.End();
        return builder.Build(frame.Types, alignment);
    }

    private static Shape ReadShape(SnapshotContentReader content, int types) => content.Count() is var type && type < types
        ? new Shape(type, content.Size())
        : throw new InvalidDataException("an object has a type that does not exist");

    /// <summary>The numbers of the objects that are referred to, each as its distance from the one before.</summary>
    private static void WriteReferences(SnapshotContentWriter content, HeapGraph graph)
    {
        content.Count(graph.ReferenceCount);
        var last = 0;
        for (var number = 0; number < graph.ObjectCount; number++)
        {
            foreach (var target in graph.ReferencesOf(number))
            {
                content.Signed(target - (long)last);
                last = target;
            }
        }
    }

    private static void ReadReferences(SnapshotContentReader content, HeapGraphBuilder builder)
    {
        var last = 0L;
        for (var count = content.Count(); count > 0; count--)
        {
            last += content.Signed();
            builder.AddReferenceTo(SnapshotSections.ObjectOf(last, builder.ObjectCount));
        }
    }

    /// <summary>Predicts where the next object is, and how many references it has.</summary>
    private struct ObjectLayout(int alignment, int shapes)
    {
        private ulong _end;

        /// <summary>The references of the last object of each shape.</summary>
        public int[] References { get; } = new int[shapes];

        public readonly long DistanceTo(ulong address) => unchecked((long)(address - _end)) / alignment;

        public readonly ulong AddressAt(long distance) => unchecked(_end + (ulong)(distance * alignment));

        public void MoveTo(ulong address, long size) => _end = unchecked(address + ((ulong)(size + alignment - 1) & ~(ulong)(alignment - 1)));
    }
}
