using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>The order of types and call sites.</summary>
internal enum AllocationOrder
{
    /// <summary>By bytes, largest first.</summary>
    Bytes,

    /// <summary>By objects, most first.</summary>
    Objects,

    /// <summary>By samples, most first.</summary>
    Samples,

    /// <summary>By name.</summary>
    Name,
}

/// <summary>Which types and call sites a report shows.</summary>
/// <param name="Order">Their order.</param>
/// <param name="Top">How many of each at most, 1 or more; null for all.</param>
internal sealed record AllocationSelection(AllocationOrder Order, int? Top)
{
    /// <summary>The same allocations with their types and sites ordered and limited; totals are unchanged.</summary>
    /// <param name="allocations">The allocations.</param>
    public AllocationProfile Apply(AllocationProfile allocations)
    {
        ArgumentNullException.ThrowIfNull(allocations);
        return allocations with
        {
            Types = Select(allocations.Types, type => type.Allocated, type => type.Type),
            Sites = Select(allocations.Sites, site => site.Allocated, site => SiteName(site.Site, site.Type)),
        };
    }

    /// <summary>
    /// The same live heap with its types, sites, growth and lifetimes ordered and limited; totals are unchanged.
    /// Growth has neither objects nor samples: it keeps its own order unless it is ordered by name.
    /// </summary>
    /// <param name="live">The live heap.</param>
    public LiveHeapProfile Apply(LiveHeapProfile live)
    {
        ArgumentNullException.ThrowIfNull(live);
        return live with
        {
            End = Apply(live.End),
            Peak = Apply(live.Peak),
            PeakRss = live.PeakRss is { } peakRss ? Apply(peakRss) : null,
            Growth = Select(live.Growth, _ => Estimate.Zero, site => SiteName(site.Site, site.Type)),
            Lifetimes = Select(live.Lifetimes, site => site.Allocated, site => SiteName(site.Site, site.Type)),
        };
    }

    /// <summary>The same snapshot with its types and sites ordered and limited; totals are unchanged.</summary>
    /// <param name="snapshot">The snapshot.</param>
    public LiveSnapshot Apply(LiveSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return snapshot with
        {
            Types = Select(snapshot.Types, type => type.Survival.Live, type => type.Type),
            Sites = Select(snapshot.Sites, site => site.Survival.Live, site => SiteName(site.Site, site.Type)),
        };
    }

    private static string SiteName(Frame? site, string type) => site?.Method + " " + type;

    // Sorting is stable: equal items stay in the profile's order, which is by bytes.
    private ImmutableArray<TItem> Select<TItem>(ImmutableArray<TItem> items, Func<TItem, Estimate> allocated, Func<TItem, string> name)
    {
        var ordered = Order switch
        {
            AllocationOrder.Objects => items.OrderByDescending(item => allocated(item).Objects),
            AllocationOrder.Samples => items.OrderByDescending(item => allocated(item).Samples),
            AllocationOrder.Name => items.OrderBy(name, StringComparer.Ordinal),
            _ => items.OrderByDescending(item => allocated(item).Bytes),
        };
        return [.. ordered.Take(Top ?? items.Length)];
    }
}
