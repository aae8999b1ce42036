using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots;

/// <summary>Where the objects that each branch of a merged dominator tree holds were allocated, and those of each type.</summary>
internal sealed class HeldSites
{
    /// <summary>The maximum number of call sites of a branch or a type; the heaviest are kept.</summary>
    private const int Most = 5;

    private readonly ObjectJoin _join;
    private readonly Dictionary<SiteKey, double> _bytes = [];
    private readonly Dictionary<int, ImmutableArray<HeldSite>> _byBranch = [];
    private readonly Dictionary<int, double> _growth = [];

    /// <summary>Adds up the objects by branch.</summary>
    /// <param name="join">The objects.</param>
    /// <param name="retention">The branches.</param>
    public HeldSites(ObjectJoin join, Retention retention)
    {
        _join = join;
        var own = new Dictionary<int, Dictionary<SiteKey, Estimate>>();
        foreach (var item in join.Found)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_bytes, item.Site, out _) += item.Represents.Bytes;
            if (retention.BranchOf(item.Index) is { } branch)
                Add(SitesOf(own, branch), item.Site, item.Represents);
        }

        Sum(own, retention.Tree);
    }

    /// <summary>By type's number, where objects of it were allocated, most bytes first.</summary>
    /// <param name="join">The objects.</param>
    /// <param name="graph">The heap.</param>
    public static IReadOnlyDictionary<int, ImmutableArray<HeldSite>> ByType(ObjectJoin join, HeapGraph graph)
    {
        var sums = new Dictionary<int, Dictionary<SiteKey, Estimate>>();
        foreach (var item in join.Found)
            Add(SitesOf(sums, graph.TypeOf(item.Index)), item.Site, item.Represents);
        return sums.ToDictionary(type => type.Key, type => Heaviest(join, type.Value));
    }

    /// <summary>The call sites of what a branch holds, most bytes first; empty if the recording has none of it.</summary>
    /// <param name="branch">The branch.</param>
    public ImmutableArray<HeldSite> Of(int branch) => _byBranch.GetValueOrDefault(branch, []);

    /// <summary>How fast what a branch holds grows: of each growing call site the share that it holds. Null if nothing grows beyond its error.</summary>
    /// <param name="branch">The branch.</param>
    public double? GrowthOf(int branch) => _growth.TryGetValue(branch, out var growth) ? growth : null;

    // A branch comes before those below it, so going backwards adds everything below a branch before the branch is used.
    private void Sum(Dictionary<int, Dictionary<SiteKey, Estimate>> sums, TypeTree tree)
    {
        for (var branch = tree.Branches.Length - 1; branch >= 0; branch--)
        {
            if (!sums.Remove(branch, out var sites))
                continue;
            _byBranch.Add(branch, Heaviest(_join, sites));
            if (Growth(sites) is > 0 and var growth)
                _growth.Add(branch, growth);
            if (tree.Branches[branch].Parent is >= 0 and var parent)
                Merge(sums, parent, sites);
        }
    }

    // The smaller one is added to the larger one, so that long chains of branches cost little.
    private static void Merge(Dictionary<int, Dictionary<SiteKey, Estimate>> sums, int parent, Dictionary<SiteKey, Estimate> sites)
    {
        var larger = SitesOf(sums, parent);
        if (larger.Count < sites.Count)
            (sums[parent], larger, sites) = (sites, sites, larger);
        foreach (var (site, amount) in sites)
            Add(larger, site, amount);
    }

    private double Growth(Dictionary<SiteKey, Estimate> sites) =>
        sites.Sum(site => _join.Growth.TryGetValue(site.Key, out var growth) ? growth.BytesPerSecond * site.Value.Bytes / _bytes[site.Key] : 0);

    private static ImmutableArray<HeldSite> Heaviest(ObjectJoin join, Dictionary<SiteKey, Estimate> sites) =>
    [
        .. sites.OrderByDescending(site => site.Value.Bytes).ThenBy(site => site.Key.Type, StringComparer.Ordinal).Take(Most)
            .Select(site => new HeldSite(site.Key.Type, site.Key.Frame, site.Value, join.Growth.GetValueOrDefault(site.Key))),
    ];

    private static Dictionary<SiteKey, Estimate> SitesOf(Dictionary<int, Dictionary<SiteKey, Estimate>> sums, int branch)
    {
        ref var sites = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, branch, out _);
        return sites ??= [];
    }

    private static void Add(Dictionary<SiteKey, Estimate> sites, SiteKey site, Estimate amount) =>
        CollectionsMarshal.GetValueRefOrAddDefault(sites, site, out _) += amount;
}
