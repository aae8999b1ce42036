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
    private readonly Lazy<Retention?> _retention;

    /// <summary>Analyzes a snapshot.</summary>
    /// <param name="snapshot">The snapshot. It is not disposed with this, and must not be before.</param>
    public HeapAnalysis(HeapSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        _snapshot = snapshot;
        _graph = new RootedGraph(snapshot.Graph);
        _labels = new HeapLabels(_graph, snapshot.Graph);

        // Not every question needs it, and it takes most of the time.
        _retention = new Lazy<Retention?>(() => snapshot.Facts.HasReferences ? Retention.Of(_graph) : null);
    }

    /// <summary>What is on the heap and what holds it.</summary>
    /// <param name="file">The snapshot's file, or null if there is none.</param>
    public HeapProfile Describe(string? file) => Describe(file, join: null);

    /// <summary>What is on the heap, what holds it, and where a recording saw it being allocated.</summary>
    /// <param name="file">The snapshot's file, or null if there is none.</param>
    /// <param name="recording">A recording of the same process, with the objects after the snapshot's collection.</param>
    /// <exception cref="HeapSnapshotException">The recording does not have them.</exception>
    public HeapProfile Describe(string? file, MemoryProfile recording) => Describe(file, ObjectJoin.Of(_snapshot, recording));

    /// <summary>The recording, with what holds the objects of its growing call sites.</summary>
    /// <param name="recording">A recording of the same process, with the objects after the snapshot's collection.</param>
    /// <exception cref="HeapSnapshotException">The recording does not have them.</exception>
    public MemoryProfile Explain(MemoryProfile recording)
    {
        var join = ObjectJoin.Of(_snapshot, recording);
        if (recording.Live is not { } live || !_snapshot.Facts.HasReferences)
            return recording;
        var holders = new SiteHolders(_graph, _labels).Find(join);
        return recording with
        {
            Live = live with { Growth = [.. live.Growth.Select(site => site with { HeldBy = holders.GetValueOrDefault(new SiteKey(site.Type, site.Site)) })] },
        };
    }

    private HeapProfile Describe(string? file, ObjectJoin? join)
    {
        var census = new SizeCensus(_snapshot.Graph);
        var profile = new HeapProfile(file, _snapshot.Facts, _graph.ObjectCount, _snapshot.Graph.Bytes) { Sizes = census.Sizes(), Recording = join?.Recording };
        var sites = join is null ? null : HeldSites.ByType(join, _snapshot.Graph);
        if (_retention.Value is not { Tree: var tree } retention)
            return profile with { Types = census.Types(retained: null, garbage: null, sites) };

        var retainers = new RetainerBuilder(tree, _labels, join is null ? null : new HeldSites(join, retention)).Build();
        return profile with
        {
            UnheldObjects = _graph.ObjectCount - tree.Branches[0].TotalObjects,
            UnheldBytes = _snapshot.Graph.Bytes - tree.Branches[0].TotalBytes,
            Types = census.Types(TypeRetention.Of(tree, _graph.LabelCount), Garbage(retention), sites),
            Roots = Roots(tree),
            Retainers = retainers,
            Suspects = new SuspectFinder(_snapshot.Graph.Bytes, PathsTo).Find(retainers),
        };
    }

    // What no root leads to is garbage where nothing was collected before the snapshot.
    private long[]? Garbage(Retention retention)
    {
        if (_snapshot.Facts.IncludesGarbage is not true)
            return null;
        var garbage = new long[_snapshot.Graph.Shapes.Length];
        var shapes = _snapshot.Graph.ShapeNumbers;
        for (var index = 0; index < shapes.Length; index++)
            garbage[shapes[index]] += retention.BranchOf(index) is null ? 1 : 0;
        return garbage;
    }

    /// <summary>The best paths from roots to objects of some types, merged by type, most bytes first.</summary>
    /// <param name="isWanted">Whether objects of a type are among them, by the type's name.</param>
    public ImmutableArray<HeapPath> FindPaths(Func<string, bool> isWanted) =>
        _retention.Value is { } retention ? new PathFinder(_graph, retention, _labels).Find(isWanted) : [];

    /// <summary>The paths that lead to most bytes of each type, for where all types are shown: as many as a page has room for.</summary>
    public ImmutableArray<HeapPath> FindHeaviestPaths() =>
        _retention.Value is { } retention ? new PathFinder(_graph, retention, _labels).FindHeaviest() : [];

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_retention.IsValueCreated)
            _retention.Value?.Dispose();
    }

    /// <summary>By type, the path that leads to most of its objects that no root holds alone.</summary>
    private Dictionary<string, ImmutableArray<HeapStep>> PathsTo(IReadOnlySet<string> types) => types.Count == 0
        ? []
        : FindPaths(types.Contains).GroupBy(path => path.Type).ToDictionary(type => type.Key, type => type.MaxBy(path => path.Objects - path.HeldAlone)!.Path[..^1]);

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
