using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>By what types and call sites are ordered.</summary>
public enum AllocationOrder
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
public sealed record AllocationSelection(AllocationOrder Order, int? Top)
{
    /// <summary>The same allocations, totals untouched, with types and sites in this order and no more of them than asked for.</summary>
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
    /// The same live heap, totals untouched, with types, sites, growth and lifetimes in this order and no more of them than asked for.
    /// Growth has neither objects nor samples: it keeps its own order, but where names are asked for.
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

    /// <summary>The same moment of a live heap, totals untouched, with types and sites in this order and no more of them than asked for.</summary>
    /// <param name="snapshot">The live heap at a moment.</param>
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

    // Sorting is stable: what is equal stays in the profile's order, which is by bytes.
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
