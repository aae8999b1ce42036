using Memtrace.Events;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.Nettrace;
using Memtrace.Profiles;
using Memtrace.TestSupport.Recordings;
using static Memtrace.TestSupport.Recordings.NettraceBuilder;

namespace Memtrace.Tests.HeapSnapshots.Sources;

/// <summary>Heap walks that are not as they should be, and those of processes of 32 bits.</summary>
public sealed class HeapEventReaderTests
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const int Induced = 1, AllocSmall = 0;
    private const int ArrayFlag = 8;
    private const ulong Module = 5;
    private const ulong First = 0x1000_0000, Second = 0x1000_0020;

    private double _seconds;
    private int _pointerSize = 8;

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void A_walk_is_read(int pointerSize)
    {
        _pointerSize = pointerSize;
        var stream = Walk(builder => Types(builder, "My.Type"), builder => Objects(builder, 0, (First, 30, 1), (Second, 24, 0)), builder => References(builder, 0, Second), builder => Roots(builder, 0, First));

        using var graph = Graph(stream);

        Assert.Equal((2, 1), (graph.ObjectCount, graph.ReferenceCount));
        Assert.Equal((First, 32, "My.Type"), (graph.AddressOf(0), graph.SizeOf(0), graph.Types[graph.TypeOf(0)].Name));
        Assert.Equal([1], graph.ReferencesOf(0).ToArray());
        Assert.Equal((HeapRootKind.Handle, 0), (Assert.Single(graph.Roots).Kind, Assert.Single(graph.Roots[0].Objects)));
    }

    [Fact]
    public void Padding_is_what_arrays_and_strings_lack_to_a_multiple_of_8_bytes()
    {
        using var reader = Read(Walk(builder => Types(builder, "System.String"), builder => Objects(builder, 0, (First, 30, 0), (Second, 24, 0), (Second + 24, 25, 0)), builder => Roots(builder, 0, First)), HeapContent.Graph);

        Assert.Equal(2 + 7, reader.Result.PaddingBytes);
    }

    [Fact]
    public void Types_may_come_after_their_objects()
    {
        using var graph = Graph(Walk(builder => Objects(builder, 0, (First, 24, 0)), builder => Roots(builder, 0, First), builder => Types(builder, "My.Type")));

        Assert.Equal("My.Type", graph.Types[graph.TypeOf(0)].Name);
    }

    [Theory]
    [InlineData(typeof(Tree), "Tree", "Tree")]
    [InlineData(typeof(Tree.Node), "Node", "Tree.Node")]
    [InlineData(typeof(Chain.Node), "Node", "Chain.Node")]
    [InlineData(typeof(Chain.Node.Part), "Part", "Chain.Node.Part")]
    [InlineData(typeof(Ring<int>.Node), "Node[System.Int32]", "Ring<System.Int32>.Node")]
    [InlineData(typeof(Tree.Node<string>), "Node`1[System.String]", "Tree.Node<System.String>")]
    public void Nested_types_have_the_names_of_those_around_them(Type type, string reported, string expected)
    {
        const string Here = "Memtrace.Tests.HeapSnapshots.Sources.HeapEventReaderTests.";

        using var graph = NamedGraph(Declared(77, type.MetadataToken, reported, type.GetGenericArguments().Length), Array(79, reported + "[][]", 78), Array(78, reported + "[]", 77));

        Assert.Equal([Here + expected, $"{Here}{expected}[][]", $"{Here}{expected}[]"], graph.Types.Select(each => each.Name));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0x02FFFFFF)]
    [InlineData(0x06000001)]
    public void A_type_that_the_metadata_does_not_have_keeps_its_name(int token)
    {
        using var graph = NamedGraph(Declared(77, token, "Node", 0));

        Assert.Equal("Node", Assert.Single(graph.Types).Name);
    }

    [Fact]
    public void An_array_of_itself_keeps_its_name()
    {
        using var graph = NamedGraph(Array(77, "Node[]", 77));

        Assert.Equal("Node[]", Assert.Single(graph.Types).Name);
    }

    [Theory]
    [InlineData(true, "Memtrace.Tests.HeapSnapshots.Sources.HeapEventReaderTests.Keeper.Kept")]
    [InlineData(false, "(unknown class).Kept")]
    public void Static_fields_are_named_by_the_file_that_was_loaded_and_no_other(bool isLoadedOne, string expected)
    {
        using var reader = Read(Walk(builder => Types(builder, "My.Type"), builder => Objects(builder, 0, (First, 24, 0)), builder => Statics(builder, nameof(Keeper.Kept), First)), HeapContent.Graph);

        using var graph = reader.Result.Build(ModuleOf(isLoadedOne ? Guid.Empty : Guid.NewGuid()), File.OpenRead);

        Assert.Equal((HeapRootKind.Static, expected), (Assert.Single(graph.Roots).Kind, graph.Roots[0].Name));
    }

    [Fact]
    public void An_earlier_collection_is_not_part_of_it()
    {
        var builder = new NettraceBuilder();
        Collection(builder, 1, Induced);
        Collection(builder, 2, AllocSmall, inside => Objects(inside, 0, (First, 24, 0)));
        Collection(builder, 3, Induced, inside => Types(inside, "My.Type"), inside => Objects(inside, 0, (Second, 24, 0)), inside => Roots(inside, 0, Second));
        Collection(builder, 4, Induced, inside => Objects(inside, 0, (First, 24, 0)));

        using var graph = Graph(builder.Build());

        Assert.Equal(Second, graph.AddressOf(0));
        Assert.Equal(1, graph.ObjectCount);
    }

    [Fact]
    public void Weak_handles_hold_nothing()
    {
        using var graph = Graph(Walk(builder => Types(builder, "My.Type"), builder => Objects(builder, 0, (First, 24, 0), (Second, 24, 0)), builder => Roots(builder, 0, First), builder => Roots(builder, 1, Second, flags: 2)));

        Assert.Equal([0], Assert.Single(graph.Roots).Objects);
        Assert.Equal([1], graph.WeaklyReferenced);
    }

    [Fact]
    public void No_walk_is_a_defect() => AssertDefect(HeapDefect.NoWalk, new NettraceBuilder().Build());

    [Fact]
    public void A_missing_event_of_objects_is_a_defect() =>
        AssertDefect(HeapDefect.EventsDropped, Walk(builder => Objects(builder, 1, (First, 24, 0)), builder => Roots(builder, 0, First)));

    // What was dropped shows after the walk: its end, a small event, still found room.
    [Theory]
    [InlineData(7, HeapDefect.EventsDropped)]
    [InlineData(8, null)]
    public void Missing_events_at_the_end_of_the_walk_are_a_defect(int thread, object? expected)
    {
        var builder = new NettraceBuilder();
        Collection(builder, 1, Induced, inside => Types(inside, "My.Type"), inside => Objects(inside, 0, (First, 24, 0)), inside => Roots(inside, 0, First));
        builder.Event(Runtime, 13, _seconds += 0.001, [.. Bytes(1), .. Bytes((ushort)0)], thread: 8, sequence: 1);
        builder.Event(Runtime, 13, _seconds += 0.001, [.. Bytes(1), .. Bytes((ushort)0)], thread, sequence: 100);

        foreach (var content in new[] { HeapContent.Histogram, HeapContent.Graph })
        {
            using var reader = Read(builder.Build(), content);
            Assert.Equal((HeapDefect?)expected, reader.Defect);
        }
    }

    [Fact]
    public void Missing_references_are_a_defect() =>
        AssertDefect(HeapDefect.EventsDropped, Walk(builder => Types(builder, "My.Type"), builder => Objects(builder, 0, (First, 24, 1)), builder => Roots(builder, 0, First)));

    [Fact]
    public void Missing_roots_are_a_defect() => AssertDefect(HeapDefect.NoRoots, Walk(builder => Types(builder, "My.Type"), builder => Objects(builder, 0, (First, 24, 0))));

    [Fact]
    public void Missing_type_names_are_a_defect() =>
        AssertDefect(HeapDefect.NoTypeNames, Walk(builder => Types(builder, ""), builder => Objects(builder, 0, (First, 24, 0)), builder => Roots(builder, 0, First)));

    [Fact]
    public void A_walk_without_an_end_is_a_defect()
    {
        var builder = new NettraceBuilder();
        Start(builder, 1, Induced);
        Objects(builder, 0, (First, 24, 0));

        AssertDefect(HeapDefect.NotEnded, builder.Build());
    }

    [Fact]
    public void A_histogram_needs_neither_references_nor_roots()
    {
        var stream = Walk(builder => Types(builder, "My.Type"), builder => Objects(builder, 0, (First, 24, 3)));
        using var reader = Read(stream, HeapContent.Histogram);

        Assert.Null(reader.Defect);
    }

    private static void AssertDefect(HeapDefect expected, byte[] stream)
    {
        using var reader = Read(stream, HeapContent.Graph);
        Assert.Equal(expected, reader.Defect);
    }

    private static HeapGraph Graph(byte[] stream)
    {
        using var reader = Read(stream, HeapContent.Graph);
        Assert.Null(reader.Defect);
        return reader.Result.Build(new CodeNames(), _ => null);
    }

    /// <summary>The graph of an object, with types of this assembly.</summary>
    private HeapGraph NamedGraph(params byte[][] types)
    {
        using var reader = Read(Walk(builder => Types(builder, types), builder => Objects(builder, 0, (First, 24, 0)), builder => Roots(builder, 0, First)), HeapContent.Graph);
        return reader.Result.Build(ModuleOf(Guid.Empty), File.OpenRead);
    }

    /// <summary>This assembly, as it was loaded.</summary>
    private static CodeNames ModuleOf(Guid build)
    {
        var names = new CodeNames();
        names.Visit(new ModuleCode(Module, typeof(HeapEventReaderTests).Assembly.Location, build));
        return names;
    }

    private static HeapEventReader Read(byte[] stream, HeapContent content)
    {
        var reader = new HeapEventReader(content, new WalkFacts(), new HeapProgress());
        new NettraceReader(new BlockReader(new MemoryStream(stream)), reader).Read(TestContext.Current.CancellationToken);
        return reader;
    }

    private byte[] Walk(params Action<NettraceBuilder>[] inside)
    {
        var builder = new NettraceBuilder(_pointerSize);
        Collection(builder, 1, Induced, inside);
        return builder.Build();
    }

    private void Collection(NettraceBuilder builder, int number, int reason, params Action<NettraceBuilder>[] inside)
    {
        Start(builder, number, reason);
        foreach (var add in inside)
            add(builder);
        Add(builder, 2, [.. Bytes(number), .. Bytes(2), .. Bytes((ushort)0)]);
    }

    private void Start(NettraceBuilder builder, int number, int reason) =>
        Add(builder, 1, [.. Bytes(number), .. Bytes(2), .. Bytes(reason), .. Bytes(0), .. Bytes((ushort)0), .. Bytes(0L)]);

    private void Types(NettraceBuilder builder, string name) => Types(builder, Declared(77, 0, name, 0));

    private void Types(NettraceBuilder builder, params byte[][] types) => Add(builder, 15, [.. Bytes(types.Length), .. Bytes((ushort)0), .. types.SelectMany(type => type)]);

    private static byte[] Declared(long id, int token, string name, int arguments) =>
        [.. Bytes(id), .. Bytes((long)Module), .. Bytes(token), .. Bytes(0), 0, .. Text(name), .. Bytes(arguments), .. new byte[arguments * sizeof(long)]];

    private static byte[] Array(long id, string name, long element) =>
        [.. Bytes(id), .. Bytes((long)Module), .. Bytes(0), .. Bytes(ArrayFlag), 0, .. Text(name), .. Bytes(1), .. Bytes(element)];

    private void Objects(NettraceBuilder builder, int index, params (ulong Address, long Size, long References)[] objects) => Add(builder, 18,
    [
        .. Head(index, objects.Length), .. objects.SelectMany(item => (byte[])[.. Pointer(item.Address), .. Bytes(item.Size), .. Bytes(77L), .. Bytes(item.References)]),
    ]);

    private void References(NettraceBuilder builder, int index, params ulong[] targets) =>
        Add(builder, 19, [.. Head(index, targets.Length), .. targets.SelectMany(target => (byte[])[.. Pointer(target), .. Bytes(0)])]);

    private void Roots(NettraceBuilder builder, int index, ulong target, int flags = 0) =>
        Add(builder, 16, [.. Head(index, 1), .. Pointer(target), 2, .. Bytes(flags), .. Pointer(0)]);

    private void Statics(NettraceBuilder builder, string field, ulong target) =>
        Add(builder, 38, [.. Bytes(1), .. Bytes(0L), .. Bytes((ushort)0), .. Bytes(0L), .. Bytes((long)target), .. Bytes(77L), .. Bytes(0), .. Text(field)]);

    private static byte[] Head(int index, int count) => [.. Bytes(index), .. Bytes(count), .. Bytes((ushort)0)];

    private byte[] Pointer(ulong value) => _pointerSize == 8 ? Bytes((long)value) : Bytes((int)value);

    private void Add(NettraceBuilder builder, int id, byte[] payload) => builder.Event(Runtime, id, _seconds += 0.001, payload);

    internal static class Keeper
    {
        internal static readonly object Kept = new();
    }

    internal static class Tree
    {
        internal sealed class Node;

        internal sealed class Node<T>;
    }

    internal static class Chain
    {
        internal sealed class Node
        {
            internal sealed class Part;
        }
    }

    internal static class Ring<T>
    {
        internal sealed class Node;
    }
}
