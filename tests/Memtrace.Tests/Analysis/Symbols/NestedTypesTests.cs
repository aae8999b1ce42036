using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.Symbols;

namespace Memtrace.Tests.Analysis.Symbols;

/// <summary>The runtime's events name nested types without their outer type: Node for both of the types here.</summary>
public sealed class NestedTypesTests
{
    private const int InTree = 1, InList = 2, InNoOuter = 3;

    private static readonly string Here = typeof(NestedTypesTests).Assembly.Location;

    private readonly NameTable _types = new();

    [Fact]
    public void Types_of_the_same_name_are_named_by_the_class_on_the_stack_that_declares_them()
    {
        var (tree, list) = (_types.Add(0x1000, "Node"), _types.Add(0x2000, "Node"));
        var nested = Learn(new(tree, InTree), new(list, InList));

        Assert.NotEqual(tree, list);
        Assert.Equal($"{typeof(Tree).FullName}+Node", nested.NameOf(tree));
        Assert.Equal($"{typeof(Chain).FullName}+Node", nested.NameOf(list));
    }

    [Fact]
    public void A_name_that_one_type_has_stays_as_it_is()
    {
        var tree = _types.Add(0x1000, "Node");

        Assert.Equal("Node", Learn(new AllocationKey(tree, InTree)).NameOf(tree));
    }

    [Fact]
    public void The_same_type_of_an_assembly_that_was_loaded_again_stays_one()
    {
        var (first, second) = (_types.Add(0x1000, "Node"), _types.Add(0x2000, "Node"));
        var nested = Learn(new(first, InTree), new(second, InTree));

        Assert.Equal(("Node", "Node"), (nested.NameOf(first), nested.NameOf(second)));
    }

    [Fact]
    public void A_type_whose_outer_type_is_unknown_keeps_its_name()
    {
        var (tree, list, unknown) = (_types.Add(0x1000, "Node"), _types.Add(0x2000, "Node"), _types.Add(0x3000, "Node"));
        var nested = Learn(new(tree, InTree), new(list, InList), new(unknown, InNoOuter));

        Assert.Equal("Node", nested.NameOf(unknown));
    }

    [Fact]
    public void Types_with_a_namespace_are_told_apart_by_their_names_alone() => Assert.Equal(_types.Add(0x1000, "My.Node"), _types.Add(0x2000, "My.Node"));

    [Fact]
    public void Assemblies_that_keep_being_loaded_do_not_fill_the_table()
    {
        for (var id = 1ul; id < 10_000; id++)
            _types.Add(id << 12, "Node");

        Assert.InRange(_types.Count, 1, 20);
    }

    private NestedTypes Learn(params AllocationKey[] keys)
    {
        var nested = new NestedTypes(_types, stack => stack switch
        {
            InTree => [(Method("System.Array"), ""), (Method($"{typeof(Tree).FullName}+Balancer"), Here), (Method(typeof(Chain).FullName!), Here)],
            InList => [(Method(typeof(Chain).FullName!), Here)],
            _ => [(Method("System.Array"), "/nowhere.dll")],
        });
        nested.Learn(keys);
        return nested;
    }

    private static NativeMethod Method(string declaringType) => new(1, 1, 0x1000, 0x100, 0, declaringType, "Add", "");

    private static class Tree
    {
        public sealed class Balancer;

        public sealed class Node;
    }

    private static class Chain
    {
        public sealed class Node;
    }
}
