using System.Runtime.InteropServices;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots;

/// <summary>Finds what holds the objects of growing call sites: of the best paths to them, the one that most of their bytes have in common.</summary>
/// <param name="graph">The heap with its roots.</param>
/// <param name="labels">What labels mean.</param>
internal sealed class SiteHolders(RootedGraph graph, HeapLabels labels)
{
    private readonly PathTree _paths = new(graph, labels);

    /// <summary>By call site, what holds its objects. Sites of which the snapshot has none are left out.</summary>
    /// <param name="join">The objects.</param>
    public Dictionary<SiteKey, SiteHolder> Find(ObjectJoin join)
    {
        using var paths = new ShortestPaths(graph, labels.Holders);
        _paths.Merge(paths, static (_, _) => { });
        var sums = new Dictionary<SiteKey, Dictionary<int, double>>();
        foreach (var item in join.Found)
        {
            if (join.Growth.ContainsKey(item.Site) && paths.Previous[item.Index] is >= 0 and var branch)
                Add(sums, item.Site, branch, item.Represents.Bytes);
        }

        return sums.ToDictionary(site => site.Key, site => Heaviest(site.Value));
    }

    private static void Add(Dictionary<SiteKey, Dictionary<int, double>> sums, SiteKey site, int branch, double bytes)
    {
        ref var branches = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, site, out _);
        CollectionsMarshal.GetValueRefOrAddDefault(branches ??= [], branch, out _) += bytes;
    }

    private SiteHolder Heaviest(Dictionary<int, double> branches)
    {
        var (branch, bytes) = branches.MaxBy(item => item.Value);
        return new SiteHolder(_paths.Steps(branch)[..^1], bytes / branches.Values.Sum());
    }
}
