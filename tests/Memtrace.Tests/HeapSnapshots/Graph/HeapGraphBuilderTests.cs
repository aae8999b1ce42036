using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.Tests.HeapSnapshots.Graph;

public sealed class HeapGraphBuilderTests
{
    private const ulong Heap = 0x7f00_1000_0000;

    [Fact]
    public void References_are_numbers_of_objects_whichever_of_both_comes_first()
    {
        using var builder = new HeapGraphBuilder();
        builder.AddReference(Heap + 64);
        builder.AddReference(Heap + 24);
        builder.AddReference(Heap);
        builder.AddObject(Heap, 24, 0, 2);
        builder.AddObject(Heap + 24, 40, 1, 0);
        builder.AddObject(Heap + 64, 24, 0, 1);

        using var graph = builder.Build();

        Assert.Equal([2, 1], graph.ReferencesOf(0).ToArray());
        Assert.Empty(graph.ReferencesOf(1).ToArray());
        Assert.Equal([0], graph.ReferencesOf(2).ToArray());
        Assert.Equal((88, 0), (graph.Bytes, graph.DanglingReferences));
    }

    [Theory]
    [InlineData(false, 8)]
    [InlineData(true, 8)]
    [InlineData(false, 4)]
    [InlineData(true, 4)]
    public void Every_object_is_found_by_its_address_in_any_order(bool shuffled, int pointerSize)
    {
        var random = new Random(1);
        var addresses = Addresses(random, 20_000, pointerSize);
        if (shuffled)
            random.Shuffle(addresses);
        using var builder = new HeapGraphBuilder(pointerSize);
        var targets = addresses.Select(_ => random.Next(addresses.Length)).ToArray();
        for (var i = 0; i < addresses.Length; i++)
        {
            builder.AddObject(addresses[i], 16 + (i % 7), i % 5, 1);
            builder.AddReference(addresses[targets[i]]);
        }

        using var graph = builder.Build();

        Assert.Equal(addresses.Length, graph.ObjectCount);
        for (var i = 0; i < addresses.Length; i++)
        {
            Assert.Equal(addresses[i], graph.AddressOf(i));
            Assert.Equal(i, graph.IndexOf(addresses[i]));
            Assert.Equal((16 + (i % 7), i % 5), (graph.SizeOf(i), graph.TypeOf(i)));
            Assert.Equal([targets[i]], graph.ReferencesOf(i).ToArray());
        }
    }

    [Fact]
    public void Where_no_object_begins_none_is_found()
    {
        using var builder = new HeapGraphBuilder();
        builder.AddObject(Heap + 8, 24, 0, 0);
        using var graph = builder.Build();

        Assert.Null(graph.IndexOf(Heap));
        Assert.Null(graph.IndexOf(Heap + 9));
        Assert.Null(graph.IndexOf(Heap + 16));
        Assert.Null(graph.IndexOf(0));
        Assert.Null(graph.IndexOf(ulong.MaxValue));
    }

    [Fact]
    public void References_to_no_object_are_left_out_and_counted()
    {
        using var builder = new HeapGraphBuilder();
        builder.AddObject(Heap, 24, 0, 3);
        builder.AddObject(Heap + 24, 24, 0, 0);
        builder.AddReference(0);
        builder.AddReference(Heap + 24);
        builder.AddReference(Heap + 27);
        builder.AddRoot(HeapRootKind.Handle, Heap + 8, null);
        builder.AddRoot(HeapRootKind.Stack, Heap, "Main");
        using var graph = builder.Build();

        Assert.Equal([1], graph.ReferencesOf(0).ToArray());
        Assert.Equal(3, graph.DanglingReferences);
        Assert.Equal([0], Assert.Single(graph.Roots).Objects);
    }

    [Fact]
    public void Roots_of_one_kind_and_name_are_one()
    {
        using var builder = new HeapGraphBuilder();
        for (var i = 0; i < 4; i++)
            builder.AddObject(Heap + (ulong)(i * 24), 24, 0, 0);
        builder.AddRoot(HeapRootKind.Stack, Heap, "Main");
        builder.AddRoot(HeapRootKind.Handle, Heap + 24, null);
        builder.AddRoot(HeapRootKind.Stack, Heap + 48, "Main");
        builder.AddRoot(HeapRootKind.Stack, Heap + 72, null);
        using var graph = builder.Build();

        Assert.Equal(
            [(HeapRootKind.Stack, "Main", "0 2"), (HeapRootKind.Handle, null, "1"), (HeapRootKind.Stack, null, "3")],
            graph.Roots.Select(root => (root.Kind, root.Name, string.Join(' ', root.Objects))));
    }

    [Fact]
    public void The_array_that_a_static_field_lies_in_does_not_hold_the_object_too()
    {
        using var builder = new HeapGraphBuilder();
        builder.AddObject(Heap, 8 * 1024, 0, 4);
        builder.AddObject(Heap + 8192, 24, 1, 0);
        builder.AddObject(Heap + 8216, 24, 1, 0);
        foreach (var target in (ulong[])[8192, 8216, 8192, 8216])
            builder.AddReference(Heap + target);
        builder.AddRoot(HeapRootKind.PinnedHandle, Heap, null);
        builder.AddStatic("A.One", Heap + 8192, Heap + 16);
        builder.AddStatic("A.Two", Heap + 8216, Heap + 6000);
        builder.AddStatic("A.Elsewhere", Heap + 8192, Heap - 4096);
        using var graph = builder.Build();

        // The other two slots of the array are not named: it holds what is in them.
        Assert.Equal([1, 2], graph.ReferencesOf(0).ToArray());
        Assert.Equal(2, graph.StaticsCut);
        Assert.Equal(["A.One", "A.Two", "A.Elsewhere"], graph.Roots.Where(root => root.Kind == HeapRootKind.Static).Select(root => root.Name));
    }

    [Fact]
    public void A_dependent_handle_is_a_reference_of_its_key()
    {
        using var builder = new HeapGraphBuilder();
        for (var i = 0; i < 4; i++)
            builder.AddObject(Heap + (ulong)(i * 24), 24, 0, 1);
        foreach (var target in (ulong[])[1, 2, 3, 0])
            builder.AddReference(Heap + (target * 24));
        builder.AddDependent(Heap + 72, Heap + 24);
        builder.AddDependent(Heap, Heap + 48);
        builder.AddDependent(Heap, Heap + 72);
        builder.AddDependent(Heap + 8, Heap);
        using var graph = builder.Build();

        Assert.Equal([1, 2, 3], graph.ReferencesOf(0).ToArray().Order());
        Assert.Equal([2], graph.ReferencesOf(1).ToArray());
        Assert.Equal([3], graph.ReferencesOf(2).ToArray());
        Assert.Equal([0, 1], graph.ReferencesOf(3).ToArray());
        Assert.Equal(7, graph.ReferenceCount);
    }

    [Fact]
    public void Types_get_their_names_before_or_after_their_objects_or_not_at_all()
    {
        using var builder = new HeapGraphBuilder();
        builder.SetType(1, "A", "a.dll");
        builder.AddObject(Heap, 24, 1, 0);
        builder.AddObject(Heap + 24, 24, 0, 0);
        builder.AddObject(Heap + 48, 24, 2, 0);
        builder.SetType(0, "B", null);
        using var graph = builder.Build();

        Assert.Equal([new("B", null), new("A", "a.dll"), new HeapType("(unnamed type 2)", null)], graph.Types);
    }

    [Fact]
    public void Impossible_objects_are_refused()
    {
        using var builder = new HeapGraphBuilder();
        builder.AddObject(Heap, 24, 0, 1);

        Assert.Throws<InvalidDataException>(() => builder.AddObject(Heap, 24, 0, 0));
        Assert.Throws<InvalidDataException>(() => builder.AddObject(Heap + 3, 24, 0, 0));
        Assert.Throws<InvalidDataException>(() => builder.AddObject(Heap + 24, -1, 0, 0));
        Assert.Throws<InvalidDataException>(() => builder.AddObject(Heap + 24, 24, -1, 0));
        Assert.Throws<InvalidDataException>(() => builder.AddObject(Heap + 24, 24, 0, -1));
        Assert.Throws<InvalidDataException>(builder.Build);
    }

    private static ulong[] Addresses(Random random, int count, int alignment)
    {
        var addresses = new ulong[count];
        var next = Heap;
        for (var i = 0; i < count; i++)
        {
            addresses[i] = next;
            next += (ulong)(alignment * (2 + random.Next(random.Next(20) == 0 ? 5000 : 20)));
        }

        return addresses;
    }
}
