using System.Collections;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots.Graph;

/// <summary>
/// For each object, the best path from a root to it: the shortest one from a static field; if there is none, one through a dependent handle, then one from a
/// handle, then one from a stack. Paths through holders that explain nothing, and then those from the finalizer queue, are used only if there is no other.
/// Linked objects, such as timers, are entered from their list: what holds one of them says nothing about the others.
/// </summary>
internal sealed class ShortestPaths : IDisposable
{
    private const int NotReached = -1;

    private readonly RootedGraph _graph;
    private readonly HolderKnowledge _knowledge;
    private readonly bool[] _isLinked;
    private readonly NativeBuffer<int> _previous;
    private readonly BitArray? _isDependent;
    private readonly List<LateReference>[] _putOff = [.. Enum.GetValues<Rank>().Select(_ => new List<LateReference>())];
    private readonly NativeBuffer<int>[] _waiting = [.. Enum.GetValues<Rank>().Select(_ => new NativeBuffer<int>())];

    /// <summary>Finds the paths.</summary>
    /// <param name="graph">The heap with its roots.</param>
    /// <param name="knowledge">What is known of types as holders.</param>
    public ShortestPaths(RootedGraph graph, HolderKnowledge knowledge)
    {
        (_graph, _knowledge) = (graph, knowledge);
        _isLinked = [.. Enumerable.Range(0, graph.LabelCount).Select(label => graph.HolderOf(label) is null && knowledge.IsLinked(label))];
        _previous = new NativeBuffer<int>(graph.NodeCount);
        _previous.Items.Fill(NotReached);
        _isDependent = graph.HasDependents ? new BitArray(graph.NodeCount) : null;
        Search();
    }

    /// <summary>Preferences of paths, the best first.</summary>
    private enum Rank
    {
        Static,
        Late,
        Handle,
        Stack,
        ExplainsNothing,
        Finalizer,
    }

    /// <summary>By node, the node before it on the path.</summary>
    public ReadOnlySpan<int> Previous => _previous.Items;

    /// <summary>Whether the path's last reference to a node is a dependent handle.</summary>
    /// <param name="node">The node.</param>
    public bool IsDependent(int node) => _isDependent is { } dependent && dependent[node];

    /// <summary>
    /// Goes through the nodes so that each comes after its predecessor on the path, and replaces each predecessor by the result of the function.
    /// <see cref="Previous"/> cannot be used afterwards.
    /// </summary>
    /// <param name="replace">Returns the result for a node from the result for its predecessor.</param>
    public void Replace(Func<int, int, int> replace)
    {
        var previous = _previous.Items;
        foreach (var queue in _waiting)
        {
            foreach (var node in queue.Items)
                previous[node] = replace(node, previous[previous[node]]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _previous.Dispose();
        Array.ForEach(_waiting, queue => queue.Dispose());
    }

    private void Search()
    {
        var ranks = Ranks();
        _previous[_graph.Root] = _graph.Root;
        _waiting[0].Add(_graph.Root);
        for (var rank = 0; rank < _waiting.Length; rank++)
        {
            var next = 0;
            do
            {
                for (; next < _waiting[rank].Count; next++)
                    Visit(_waiting[rank][next], rank, ranks);
                ReachLate(rank);
            }
            while (next < _waiting[rank].Count);
        }
    }

    private void Visit(int node, int rank, int[] ranks)
    {
        var successors = _graph.SuccessorsOf(node);
        var strong = successors.Length - (_isDependent is null ? 0 : _graph.DependentsOf(node));
        foreach (var successor in successors[..strong])
        {
            var label = _graph.LabelOf(successor);
            if (_isLinked[label] && !_knowledge.Links(_graph.LabelOf(node), label))
                PutOff(new LateReference(node, successor, IsDependent: false), rank, ranks);
            else
                Reach(successor, node, Math.Max(rank, ranks[label]));
        }

        foreach (var successor in successors[strong..])
            PutOff(new LateReference(node, successor, IsDependent: true), rank, ranks);
    }

    // A dependent handle holds only what no field holds: other references are followed to their end before.
    private void PutOff(LateReference reference, int rank, int[] ranks) =>
        _putOff[Math.Max(Math.Max(rank, (int)Rank.Late), ranks[_graph.LabelOf(reference.Target)])].Add(reference);

    private void ReachLate(int rank)
    {
        foreach (var (source, target, isDependent) in _putOff[rank])
        {
            if (Reach(target, source, rank) && isDependent)
                _isDependent![target] = true;
        }

        _putOff[rank].Clear();
    }

    private bool Reach(int node, int from, int rank)
    {
        if (_previous[node] != NotReached)
            return false;
        _previous[node] = from;
        _waiting[rank].Add(node);
        return true;
    }

    /// <summary>By label, the rank from which on its nodes lead further.</summary>
    private int[] Ranks()
    {
        var ranks = new int[_graph.LabelCount];
        for (var label = 0; label < ranks.Length; label++)
            ranks[label] = (int)(_graph.HolderOf(label) is { } holder ? RankOf(holder.Kind) : _knowledge.ExplainsNothing(label) ? Rank.ExplainsNothing : Rank.Static);
        return ranks;
    }

    private static Rank RankOf(HeapRootKind? kind) => kind switch
    {
        null or HeapRootKind.Static or HeapRootKind.ThreadStatic => Rank.Static,
        HeapRootKind.Stack => Rank.Stack,
        HeapRootKind.Finalizer => Rank.Finalizer,
        _ => Rank.Handle,
    };

    private readonly record struct LateReference(int Source, int Target, bool IsDependent);
}
