using System.Collections.Immutable;
using Memtrace.Events.Names;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Findings;

/// <summary>
/// Growing call sites that belong together: those whose objects one holder keeps alive, and those whose objects these hold in turn. Without a heap snapshot,
/// each is alone.
/// </summary>
/// <param name="Head">The site whose objects the holder keeps and which hold most of the others.</param>
/// <param name="Sites">All of them, the head among them.</param>
internal sealed record Accumulation(GrowthSite Head, ImmutableArray<GrowthSite> Sites)
{
    /// <summary>The growth of all of them.</summary>
    public double BytesPerSecond => Sites.Sum(site => site.BytesPerSecond);

    /// <summary>Groups growing call sites.</summary>
    /// <param name="growth">The sites.</param>
    /// <returns>The groups, the fastest growth first.</returns>
    public static ImmutableArray<Accumulation> Of(IEnumerable<GrowthSite> growth)
    {
        var groups = new List<List<GrowthSite>>();
        foreach (var site in growth.OrderBy(site => site.HeldBy?.Path.Length ?? 0).ThenByDescending(site => site.BytesPerSecond))
        {
            if (groups.Find(group => group.Any(member => IsHeldWith(member, site) || IsHeldBy(member, site))) is { } found)
                found.Add(site);
            else
                groups.Add([site]);
        }

        return [.. groups.Select(Grouped).OrderByDescending(group => group.BytesPerSecond)];
    }

    private static Accumulation Grouped(List<GrowthSite> sites) => new(
        sites.Where(site => site == sites[0] || IsHeldWith(sites[0], site)).MaxBy(head => sites.Where(site => site == head || IsHeldBy(head, site)).Sum(site => site.BytesPerSecond))!,
        [.. sites]);

    private static bool IsHeldWith(GrowthSite one, GrowthSite other) =>
        one.HeldBy is { Path: var path } && other.HeldBy is { Path: var same } && path.Length == same.Length && Names(path).SequenceEqual(Names(same));

    /// <summary>Whether the objects of one site hold those of another.</summary>
    private static bool IsHeldBy(GrowthSite holder, GrowthSite held) => holder.HeldBy is { Path: var path }
        && held.HeldBy is { Path: var longer }
        && longer.Length > path.Length
        && ReadableNames.WithoutNamespaces(longer[path.Length].Name) == ReadableNames.WithoutNamespaces(holder.Type)
        && Names(path).SequenceEqual(Names(longer).Take(path.Length));

    private static IEnumerable<string> Names(ImmutableArray<HeapStep> path) => path.Select(step => step.Name);
}
