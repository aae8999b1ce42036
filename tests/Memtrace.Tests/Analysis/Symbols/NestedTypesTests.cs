using System.Reflection;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.Symbols;
using Memtrace.Events;

namespace Memtrace.Tests.Analysis.Symbols;

/// <summary>The runtime's events name nested types without their outer type: Node for both of the types here.</summary>
public sealed class NestedTypesTests
{
    private const int InTree = 1, InList = 2, InNoOuter = 3, InCallerOfTree = 4, InCallerOfChain = 5, InChainThatCallsTree = 6, InCallerOfBoth = 7, InRebuiltChain = 8;

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

    /// <summary>Outer types that are not on the stack, because they were inlined.</summary>
    [Fact]
    public void The_IL_of_the_caller_names_a_type_whose_outer_type_was_inlined()
    {
        var (tree, chain) = (_types.Add(0x1000, "Node"), _types.Add(0x2000, "Node"));
        var nested = Learn(new(tree, InCallerOfTree), new(chain, InCallerOfChain));

        Assert.Equal($"{typeof(Tree).FullName}+Node", nested.NameOf(tree));
        Assert.Equal($"{typeof(Chain).FullName}+Node", nested.NameOf(chain));
    }

    [Fact]
    public void A_class_on_the_stack_with_such_a_type_is_not_believed_against_the_IL()
    {
        var (tree, chain) = (_types.Add(0x1000, "Node"), _types.Add(0x2000, "Node"));
        var nested = Learn(new(tree, InChainThatCallsTree), new(chain, InList));

        Assert.Equal($"{typeof(Tree).FullName}+Node", nested.NameOf(tree));
    }

    /// <summary>Its tokens can be those of other methods.</summary>
    [Fact]
    public void The_IL_of_a_file_that_was_built_again_since_is_not_believed()
    {
        var (tree, chain) = (_types.Add(0x1000, "Node"), _types.Add(0x2000, "Node"));
        var nested = Learn(new(tree, InRebuiltChain), new(chain, InTree));

        Assert.Equal($"{typeof(Chain).FullName}+Node", nested.NameOf(tree));
    }

    [Fact]
    public void Types_that_differ_in_an_argument_are_told_apart()
    {
        var (tree, chain) = (_types.Add(0x1000, "Box`1[Node]"), _types.Add(0x2000, "Box`1[Node]"));
        var nested = Learn(new(tree, InTree), new(chain, InList));

        Assert.Equal($"Box`1[{typeof(Tree).FullName}+Node]", nested.NameOf(tree));
        Assert.Equal($"Box`1[{typeof(Chain).FullName}+Node]", nested.NameOf(chain));
    }

    [Fact]
    public void Types_that_nothing_names_are_numbered_if_the_metadata_has_several()
    {
        var (first, second) = (_types.Add(0x1000, "Node[]"), _types.Add(0x2000, "Node[]"));
        var nested = Learn(new(first, InCallerOfBoth), new(second, InCallerOfBoth));

        Assert.Equal(("Node[]", "Node#2[]"), (nested.NameOf(first), nested.NameOf(second)));
    }

    [Theory]
    [InlineData("Node", "Node/0")]
    [InlineData("Node[][,]", "Node/0")]
    [InlineData("System.Int32[]", "")]
    [InlineData("Entry[System.String,Order][]", "Entry/2 Order/0")]
    [InlineData("Box`1[System.String,<Run>d__1]", "Box`1/2 <Run>d__1/0")]
    [InlineData("My.Box`1[Outer+Node]", "")]
    [InlineData("<<Main>$>g__A|0_1[Pair[Left,Right]]", "<<Main>$>g__A|0_1/1 Pair/2 Left/0 Right/0")]
    [InlineData("Box[[Node, My.Assembly, Version=1.0]]", "Box/1 Node/0")]
    [InlineData("Box[", "Box/0")]
    [InlineData("", "")]
    public void Names_without_outer_types_are_found(string type, string expected) =>
        Assert.Equal(expected, string.Join(' ', SimpleTypeName.In(type).Select(name => $"{name.Text}/{name.Arity}")));

    private NestedTypes Learn(params AllocationKey[] keys)
    {
        var nested = new NestedTypes(
            _types,
            stack => stack switch
            {
                InTree => [Code("System.Array", ""), Code($"{typeof(Tree).FullName}+Balancer", Here), Code(typeof(Chain).FullName!, Here)],
                InList => [Code(typeof(Chain).FullName!, Here)],
                InCallerOfTree => [Code(nameof(CallTree))],
                InCallerOfChain => [Code(nameof(CallChain))],
                InChainThatCallsTree => [InChain],
                InCallerOfBoth => [Code(nameof(CallBoth))],
                InRebuiltChain => [InChain with { Module = new ModuleCode(1, Here, Guid.NewGuid()) }],
                _ => [Code("System.Array", "/nowhere.dll")],
            },
            _ => null);
        nested.Learn(keys);
        return nested;
    }

    /// <summary>A method of the chain that allocates in the tree.</summary>
    private static StackCode InChain => Code(typeof(Chain).FullName!, Here) with { Token = TokenOf(typeof(Chain), nameof(Chain.CallTree)) };

    private static StackCode Code(string declaringType, string module) => new(declaringType, new ModuleCode(1, module, Guid.Empty), 0, ILRange.All);

    private static StackCode Code(string method) => new(typeof(NestedTypesTests).FullName!, new ModuleCode(1, Here, Guid.Empty), TokenOf(typeof(NestedTypesTests), method), ILRange.All);

    private static int TokenOf(Type type, string method) =>
        type.GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!.MetadataToken;

    private static Tree.Node CallTree() => Indirect();

    private static Tree.Node Indirect() => Tree.Add();

    private static List<Chain.Node> CallChain() => Chain.Make<string>();

    private static object[] CallBoth() => [Tree.Add(), Chain.Make<int>()];

    private static class Tree
    {
        public static Node Add() => new Node();

        public sealed class Balancer;

        public sealed class Node;
    }

    private static class Chain
    {
        public static List<Node> Make<T>() => new List<Node> { Capacity = typeof(T).Name.Length };

        public static Tree.Node CallTree() => Tree.Add();

        public sealed class Node;
    }
}
