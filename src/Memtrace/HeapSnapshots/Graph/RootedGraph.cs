using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots.Graph;

/// <summary>
/// A heap with one node that everything alive is reached from. Objects keep their numbers; after them comes that node, then one for each kind of
/// roots, then one for each root of that kind. So what several static fields hold together is held by <em>static</em>, and by no field alone.
/// </summary>
internal sealed class RootedGraph
{
    private readonly HeapGraph _graph;
    private readonly ImmutableArray<Holder> _holders;

    /// <summary>A heap with its roots.</summary>
    /// <param name="graph">The heap.</param>
    public RootedGraph(HeapGraph graph)
    {
        _graph = graph;
        _holders = Holders(graph);
    }

    /// <summary>How many objects there are; nodes from this number on are not objects.</summary>
    public int ObjectCount => _graph.ObjectCount;

    /// <summary>How many nodes there are.</summary>
    public int NodeCount => _graph.ObjectCount + _holders.Length;

    /// <summary>How many labels there are.</summary>
    public int LabelCount => _graph.Types.Length + _holders.Length;

    /// <summary>The node that everything alive is reached from.</summary>
    public int Root => _graph.ObjectCount;

    /// <summary>The nodes that a node leads to.</summary>
    /// <param name="node">The node.</param>
    public ReadOnlySpan<int> SuccessorsOf(int node) =>
        node < ObjectCount ? _graph.ReferencesOf(node) : _holders[node - ObjectCount].Successors.AsSpan();

    /// <summary>How many of the last nodes that a node leads to are reached by dependent handles only.</summary>
    /// <param name="node">The node.</param>
    public int DependentsOf(int node) => _graph.Dependents.GetValueOrDefault(node);

    /// <summary>The objects that weak handles refer to; it can contain duplicates.</summary>
    public ImmutableArray<int> WeaklyReferenced => _graph.WeaklyReferenced;

    /// <summary>Whether there are dependent handles.</summary>
    public bool HasDependents => _graph.Dependents.Count > 0;

    /// <summary>The size of an object; 0 of other nodes.</summary>
    /// <param name="node">The node.</param>
    public long SizeOf(int node) => node < ObjectCount ? _graph.SizeOf(node) : 0;

    /// <summary>What nodes of one kind have in common: the number of the type; each of the other nodes has its own number.</summary>
    /// <param name="node">The node.</param>
    public int LabelOf(int node) => node < ObjectCount ? _graph.TypeOf(node) : _graph.Types.Length + node - ObjectCount;

    /// <summary>The holder that a label stands for, or null if it stands for a type.</summary>
    /// <param name="label">The label.</param>
    public Holder? HolderOf(int label) => label < _graph.Types.Length ? null : _holders[label - _graph.Types.Length];

    private static ImmutableArray<Holder> Holders(HeapGraph graph)
    {
        var kinds = graph.Roots.SelectMany(root => ByType(graph, root)).GroupBy(root => root.Kind!.Value).OrderBy(kind => Preference(kind.Key)).ToList();
        var (firstKind, firstRoot) = (graph.ObjectCount + 1, graph.ObjectCount + 1 + kinds.Count);
        var holders = ImmutableArray.CreateBuilder<Holder>();
        holders.Add(new Holder(null, null, null, Numbers(firstKind, kinds.Count)));
        foreach (var kind in kinds)
        {
            holders.Add(new Holder(kind.Key, null, null, Numbers(firstRoot, kind.Count())));
            firstRoot += kind.Count();
        }

        holders.AddRange(kinds.SelectMany(kind => kind));
        return holders.ToImmutable();
    }

    /// <summary>Roots without a name are distinguished by the type of the object they hold.</summary>
    private static IEnumerable<Holder> ByType(HeapGraph graph, HeapRoot root) => root.Name is not null
        ? [new Holder(root.Kind, root.Name, Only([.. root.Objects.Select(graph.TypeOf).Distinct()]), root.Objects)]
        : root.Objects.GroupBy(graph.TypeOf).Select(type => new Holder(root.Kind, null, type.Key, [.. type]));

    private static int? Only(int[] types) => types is [var type] ? type : null;

    private static ImmutableArray<int> Numbers(int first, int count) => [.. Enumerable.Range(first, count)];

    /// <summary>The order in which roots are tried: the most informative first.</summary>
    private static int Preference(HeapRootKind kind) => kind switch
    {
        HeapRootKind.Static => 0,
        HeapRootKind.ThreadStatic => 1,
        HeapRootKind.Stack => 2,
        HeapRootKind.Handle => 3,
        HeapRootKind.PinnedHandle => 4,
        HeapRootKind.DependentHandle => 5,
        HeapRootKind.Other => 6,
        _ => 7,
    };
}

/// <summary>A node that is not an object.</summary>
/// <param name="Kind">The kind of roots, or null for the node that everything is reached from.</param>
/// <param name="Name">Name of the root, or null for all roots of the kind, or for those without a name.</param>
/// <param name="Type">The only type of what the root holds, or null.</param>
/// <param name="Successors">The nodes that it leads to.</param>
internal sealed record Holder(HeapRootKind? Kind, string? Name, int? Type, ImmutableArray<int> Successors)
{
    /// <summary>Whether it is a root, as opposed to what all roots of a kind have in common.</summary>
    public bool IsRoot => Name is not null || Type is not null;
}
