using System.Buffers.Binary;
using System.Collections.Immutable;
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
    /// <summary>What the names of such files end with.</summary>
    public const string Extension = ".memsnap";

    private const ushort Version = 2;

    /// <summary>Without dependent and weak handles.</summary>
    private const ushort FirstVersion = 1;
    private const int HeaderSize = 10;

    private static readonly ImmutableArray<HeapRootKind> RootKinds =
    [
        HeapRootKind.Static, HeapRootKind.Stack, HeapRootKind.Handle, HeapRootKind.PinnedHandle, HeapRootKind.Finalizer, HeapRootKind.ThreadStatic,
        HeapRootKind.DependentHandle, HeapRootKind.Other,
    ];

    private static ReadOnlySpan<byte> Magic => "MEMSNAP\0"u8;

    /// <summary>Shows that the file is complete: what reads the gzip member does not miss its end.</summary>
    private static ReadOnlySpan<byte> EndMark => "\0PANSMEM"u8;

    /// <summary>Whether a file is one, by its first bytes.</summary>
    /// <param name="beginning">They.</param>
    internal static bool IsOne(ReadOnlySpan<byte> beginning) => beginning.StartsWith(Magic);

    /// <summary>Writes a snapshot.</summary>
    /// <param name="stream">Where to. The caller closes it.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(Stream stream, HeapSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(snapshot);
        Span<byte> header = stackalloc byte[HeaderSize];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[Magic.Length..], Version);
        stream.Write(header);
        using (var compressed = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
            WriteContent(compressed, snapshot);
        stream.Write(EndMark);
    }

    /// <summary>Reads a snapshot.</summary>
    /// <param name="stream">The file, which is at its beginning and seekable. The caller closes it.</param>
    /// <param name="progress">Is kept up to date.</param>
    /// <exception cref="HeapSnapshotException">The file is damaged, or of a later version.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static HeapSnapshot Read(Stream stream, HeapProgress progress)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        if (stream.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize || !IsOne(header))
            throw new HeapSnapshotException("The snapshot is damaged: it is cut off.");
        if (BinaryPrimitives.ReadUInt16LittleEndian(header[Magic.Length..]) is var version && version is not (FirstVersion or Version))
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
        WriteTypes(content, snapshot.Graph);
        WriteObjects(content, snapshot.Graph);
        WriteReferences(content, snapshot.Graph);
        WriteRoots(content, snapshot.Graph);
        WriteHandles(content, snapshot.Graph);
        WriteFields(content, snapshot.Graph.Fields);
        content.Flush();
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
        using var builder = new HeapGraphBuilder(content.Count(sizeof(ulong)) is sizeof(uint) ? sizeof(uint) : sizeof(ulong));
        var types = ReadTypes(content, builder);
        ReadObjects(content, builder, progress);
        ReadReferences(content, builder);
        ReadRoots(content, builder);
        if (version > FirstVersion)
        {
            ReadHandles(content, builder);
            builder.Fields = ReadFields(content, types);
        }

        content.End();
        return new HeapSnapshot(builder.Build(), facts);
    }

    /// <summary>The alignment, a list of modules, and a list of types: name and module, counted from 1, or 0 for none.</summary>
    private static void WriteTypes(SnapshotContentWriter content, HeapGraph graph)
    {
        content.Count(graph.Alignment);
        var modules = graph.Types.Select(type => type.Module).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        content.Count(modules.Count);
        modules.ForEach(content.Text);
        content.Count(graph.Types.Length);
        foreach (var type in graph.Types)
        {
            content.Text(type.Name);
            content.Count(type.Module is null ? 0 : modules.IndexOf(type.Module) + 1);
        }
    }

    private static int ReadTypes(SnapshotContentReader content, HeapGraphBuilder builder)
    {
        var modules = new List<string>();
        for (var count = content.Count(); count > 0; count--)
            modules.Add(content.Text());
        var types = content.Count();
        for (var type = 0; type < types; type++)
        {
            var name = content.Text();
            var module = content.Count(modules.Count);
            builder.SetType(type, name, module == 0 ? null : modules[module - 1]);
        }

        return types;
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

    private static void ReadObjects(SnapshotContentReader content, HeapGraphBuilder builder, HeapProgress progress)
    {
        const int Step = 1 << 16;
        var shapes = new List<(int Type, long Size)>();
        for (var count = content.Count(); count > 0; count--)
            shapes.Add((content.Count(), content.Size()));

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
            builder.AddReferenceTo(NumberOf(last, builder));
        }
    }

    /// <summary>How many static fields were told apart from the array they lie in. A list of roots: kind, 1 and a name or 0, and a list of objects.</summary>
    private static void WriteRoots(SnapshotContentWriter content, HeapGraph graph)
    {
        content.Count(graph.StaticsCut);
        content.Count(graph.Roots.Length);
        foreach (var root in graph.Roots)
        {
            content.Count(RootKinds.IndexOf(root.Kind));
            content.Count(root.Name is null ? 0 : 1);
            if (root.Name is not null)
                content.Text(root.Name);
            content.Count(root.Objects.Length);
            foreach (var item in root.Objects)
                content.Count(item);
        }
    }

    private static void ReadRoots(SnapshotContentReader content, HeapGraphBuilder builder)
    {
        builder.StaticsCut = content.Count();
        for (var count = content.Count(); count > 0; count--)
        {
            var kind = RootKinds[content.Count(RootKinds.Length - 1)];
            var name = content.Count(1) == 0 ? null : content.Text();
            for (var objects = content.Count(); objects > 0; objects--)
                builder.AddRootOf(kind, NumberOf(content.Count(), builder), name);
        }
    }

    /// <summary>A list of keys of dependent handles: the object, and how many of its last references those are. A list of the objects of weak handles.</summary>
    private static void WriteHandles(SnapshotContentWriter content, HeapGraph graph)
    {
        content.Count(graph.Dependents.Count);
        foreach (var (key, count) in graph.Dependents.OrderBy(dependent => dependent.Key))
        {
            content.Count(key);
            content.Count(count);
        }

        content.Count(graph.WeaklyReferenced.Length);
        foreach (var item in graph.WeaklyReferenced)
            content.Count(item);
    }

    private static void ReadHandles(SnapshotContentReader content, HeapGraphBuilder builder)
    {
        for (var keys = content.Count(); keys > 0; keys--)
            builder.MarkDependent(NumberOf(content.Count(), builder), content.Count());
        for (var objects = content.Count(); objects > 0; objects--)
            builder.AddWeakHandleOf(NumberOf(content.Count(), builder));
    }

    /// <summary>A list of fields: the type that has it, the type of what it refers to, its name.</summary>
    private static void WriteFields(SnapshotContentWriter content, FieldNames fields)
    {
        content.Count(fields.Count);
        foreach (var (types, name) in fields.All)
        {
            content.Count(types.Holder);
            content.Count(types.Held);
            content.Text(name);
        }
    }

    private static FieldNames ReadFields(SnapshotContentReader content, int types)
    {
        var (names, last) = (new Dictionary<TypePair, string>(), Math.Max(0, types - 1));
        for (var count = content.Count(FieldNames.Most); count > 0; count--)
            names[new TypePair(content.Count(last), content.Count(last))] = content.Text();
        return new FieldNames(names);
    }

    private static int NumberOf(long number, HeapGraphBuilder builder) =>
        number >= 0 && number < builder.ObjectCount ? (int)number : throw new InvalidDataException("an object is referred to but does not exist");

    /// <summary>Where the next object is expected, and how many references it has.</summary>
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
