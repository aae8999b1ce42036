using System.Collections.Immutable;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots;

/// <summary>Finds out what is on a heap and what holds it. Takes about 30 B an object beside the graph's own, and 4 B in the end.</summary>
internal sealed class HeapAnalysis : IDisposable
{
    private readonly HeapSnapshot _snapshot;
    private readonly RootedGraph _graph;
    private readonly HeapLabels _labels;
    private readonly Retention? _retention;

    /// <summary>Analyzes a snapshot.</summary>
    /// <param name="snapshot">The snapshot. It is not disposed with this, and must not be before.</param>
    public HeapAnalysis(HeapSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        _snapshot = snapshot;
        _graph = new RootedGraph(snapshot.Graph);
        _labels = new HeapLabels(_graph, snapshot.Graph.Types);
        _retention = snapshot.Facts.HasReferences ? Retention.Of(_graph) : null;
    }

    /// <summary>What is on the heap and what holds it.</summary>
    /// <param name="file">The snapshot's file, or null where there is none.</param>
    public HeapProfile Describe(string? file)
    {
        var census = new SizeCensus(_snapshot.Graph);
        var profile = new HeapProfile(file, _snapshot.Facts, _graph.ObjectCount, _snapshot.Graph.Bytes) { Sizes = census.Sizes() };
        if (_retention is not { Tree: var tree })
            return profile with { Types = census.Types(retained: null) };

        var retainers = new RetainerBuilder(tree, _labels).Build();
        return profile with
        {
            UnheldObjects = _graph.ObjectCount - tree.Branches[0].TotalObjects,
            UnheldBytes = _snapshot.Graph.Bytes - tree.Branches[0].TotalBytes,
            Types = census.Types(TypeRetention.Of(tree, _graph.LabelCount)),
            Roots = Roots(tree),
            Retainers = retainers,
            Suspects = new SuspectFinder(_snapshot.Graph.Bytes, PathTo).Find(retainers),
        };
    }

    /// <summary>The best paths from roots to objects of some types, merged by type, what leads to most bytes first.</summary>
    /// <param name="isWanted">Whether objects of a type are among them, by the type's name.</param>
    public ImmutableArray<HeapPath> FindPaths(Func<string, bool> isWanted) =>
        _retention is null ? [] : new PathFinder(_graph, _retention, _labels).Find(isWanted);

    /// <inheritdoc/>
    public void Dispose() => _retention?.Dispose();

    /// <summary>The path that leads to most objects of a type that no root holds alone.</summary>
    private ImmutableArray<HeapStep> PathTo(string type) =>
        FindPaths(name => name == type).MaxBy(path => path.Objects - path.HeldAlone) is { } best ? best.Path[..^1] : [];

    private ImmutableArray<HeapRootSummary> Roots(TypeTree tree)
    {
        var roots = ImmutableArray.CreateBuilder<HeapRootSummary>();
        foreach (var branch in tree.Branches)
        {
            if (_labels.HolderOf(branch.Label) is { IsRoot: true, Kind: { } kind } holder)
                roots.Add(Root(holder, kind, branch));
        }

        return [.. roots.OrderByDescending(root => root.RetainedBytes)];
    }

    private HeapRootSummary Root(Holder holder, HeapRootKind kind, Branch branch) =>
        new(kind, holder.Name, holder.Type is { } type ? _labels.TypeOf(type) : null, branch.TotalObjects, branch.TotalBytes) { Title = HolderNames.Of(holder) };
}
