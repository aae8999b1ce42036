using System.Collections.Immutable;
using Memtrace.Analysis.Findings;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Budgets;

/// <summary>A figure of a recording that a budget limits.</summary>
public sealed class BudgetMeasure
{
    private readonly Func<MemoryProfile, Estimate?> _figure;

    private BudgetMeasure(string name, Func<MemoryProfile, Estimate?> figure)
    {
        Name = name;
        _figure = figure;
    }

    /// <summary>The highest resident set of the process, in bytes. Exact.</summary>
    public static BudgetMeasure PeakRss { get; } = new("peakRss", profile => Exact(profile.Memory.ProcessPeakRssBytes ?? profile.Memory.Rss?.PeakBytes));

    /// <summary>The largest GC heap after a collection, in bytes. Without any since the process started, everything that was allocated is still there.</summary>
    public static BudgetMeasure PeakGcHeap { get; } = new("peakGcHeap", profile => Exact(profile.Memory.GcHeap?.PeakBytes) ?? Uncollected(profile));

    /// <summary>The most memory that the GC had committed when it was sampled, in bytes.</summary>
    public static BudgetMeasure PeakGcCommitted { get; } = new("peakGcCommitted", profile => Exact(profile.Memory.GcCommitted?.PeakBytes));

    /// <summary>Allocations on the GC heap, in bytes. Sampled.</summary>
    public static BudgetMeasure Allocated { get; } = new("allocated", profile => profile.Allocations.IsKnown ? profile.Allocations.Total : null);

    /// <summary>Growth of the resident set, in bytes per second. Zero where it does not grow beyond its error; unknown of less than ten seconds.</summary>
    public static BudgetMeasure Growth { get; } = new("growth", GrowthOfRss) { IsRate = true };

    /// <summary>All of them.</summary>
    public static ImmutableArray<BudgetMeasure> All { get; } = [PeakRss, PeakGcHeap, PeakGcCommitted, Allocated, Growth];

    /// <summary>Its name in budget files.</summary>
    public string Name { get; }

    /// <summary>Whether the figure is in bytes per second; else it is in bytes.</summary>
    public bool IsRate { get; private init; }

    /// <summary>The figure, without an error if it is exact; null if the recording does not have it.</summary>
    internal Estimate? Of(MemoryProfile profile) => _figure(profile);

    private static Estimate? Exact(long? bytes) => bytes is { } known ? new Estimate(known, 0, 0, 0, 1) : null;

    private static Estimate? Uncollected(MemoryProfile profile) =>
        profile is { Recording: { IsFromProcessStart: true, WindowStartSeconds: 0, LostEvents: 0, Complete: true }, Collections.Items.IsEmpty: true, Allocations: { IsKnown: true, Total: var total } }
            ? total
            : null;

    private static Estimate? GrowthOfRss(MemoryProfile profile)
    {
        if (profile.Memory.Rss is null || !LastingGrowth.IsKnown(profile))
            return null;
        return profile.Memory.RssGrowth is { } growth ? Estimate.Normal(growth.BytesPerSecond, growth.ErrorBytesPerSecond) : Estimate.Zero;
    }
}
