using System.Collections.Immutable;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Watching.Metrics;

/// <summary>
/// The metrics of each process: OpenTelemetry's names where they exist (semantic conventions of process.* and dotnet.*). Unknown values have no sample.
/// </summary>
internal static class MetricCatalog
{
    /// <summary>The types and call sites of each process with the most bytes.</summary>
    private const int Top = 10;

    /// <summary>The maximum length of an attribute, however long the names of types are.</summary>
    private const int LongestAttribute = 200;

    private static readonly ImmutableArray<Row> Rows =
    [
        new("process.memory.usage", MetricKind.UpDownCounter, "By", "Resident set.", profile => One(profile.Memory.Rss?.CurrentBytes)),
        new("memtrace.process.memory.peak", MetricKind.Gauge, "By", "Highest resident set since the process started.", profile => One(profile.Memory.ProcessPeakRssBytes)),
        new("memtrace.memory.category", MetricKind.UpDownCounter, "By", "Resident set by category, at the last memory map snapshot.", Categories),
        new("dotnet.gc.collections", MetricKind.Counter, "{collection}", "Collections since watching began, by the oldest generation.", Collections),
        new("dotnet.gc.pause.time", MetricKind.Counter, "s", "Total pause for collections since watching began.", profile => One(profile.Collections.PauseTotalMs / 1000)),
        new("dotnet.gc.last_collection.heap.size", MetricKind.UpDownCounter, "By", "GC heap after the last collection, by generation.", Generations),
        new("dotnet.gc.last_collection.memory.committed_size", MetricKind.UpDownCounter, "By", "Committed by the GC after the last collection.",
            profile => One(profile.Memory.GcCommitted?.CurrentBytes)),
        new("memtrace.container.limit", MetricKind.Gauge, "By", "Memory limit of the container.", profile => One(profile.Memory.Container?.LimitBytes)),
        new("memtrace.container.usage", MetricKind.Gauge, "By", "Memory of the container without file pages that the kernel reclaims.",
            profile => One(profile.Memory.Container?.UsedBytes)),
        new("memtrace.container.left", MetricKind.Gauge, "By", "What the container's limit leaves.", profile => One(profile.Memory.Container?.LeftBytes)),
        new("memtrace.lost_events", MetricKind.Counter, "{event}", "Events that the runtime dropped.", profile => One(profile.Recording.LostEvents)),
    ];

    private static readonly ImmutableArray<Row> AllocationRows =
    [
        new("dotnet.gc.heap.total_allocated", MetricKind.Counter, "By", "Estimated allocation since watching began.",
            profile => One(profile.Allocations.IsKnown ? profile.Allocations.Total.Bytes : null)),
        new("memtrace.allocated", MetricKind.Counter, "By", "Estimated allocation since watching began, of the types with most.", AllocatedTypes),
        new("memtrace.live", MetricKind.UpDownCounter, "By", "Estimated live bytes, of the types and call sites with most.", LiveSites),
        new("memtrace.live.growth", MetricKind.Gauge, "By/s", "Growth of live bytes, of the call sites that grow fastest.", Growth),
    ];

    /// <summary>The metrics of a process, without those of its allocations; what is unknown is left out.</summary>
    /// <param name="profile">A profile since watching began.</param>
    public static IEnumerable<MetricFamily> Of(MemoryProfile profile) => Read(Rows, profile);

    /// <summary>The metrics of a process's allocations and live objects; what is unknown is left out.</summary>
    /// <param name="profile">A profile since allocations are recorded.</param>
    public static IEnumerable<MetricFamily> OfAllocations(MemoryProfile profile) => Read(AllocationRows, profile);

    /// <summary>An attribute, of bounded length.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    public static KeyValuePair<string, string> Attribute(string name, string value) => new(name, value.Length > LongestAttribute ? value[..LongestAttribute] + "..." : value);

    private static IEnumerable<MetricFamily> Read(ImmutableArray<Row> rows, MemoryProfile profile) =>
        from row in rows
        let samples = row.Read(profile).ToImmutableArray()
        where samples.Length > 0
        select new MetricFamily(row.Name, row.Kind, row.Unit, row.Help, samples) { Since = profile.Recording.StartedAt };

    private static ImmutableArray<MetricSample> One(double? value) => value is { } known ? [new MetricSample([], known)] : [];

    private static IEnumerable<MetricSample> Categories(MemoryProfile profile) => profile.Breakdown is [.., var last]
        ? last.Categories.Where(category => category.IsKnown).Select(category => new MetricSample([Attribute("category", DataName.Of(category.Category))], category.Bytes))
        : [];

    private static IEnumerable<MetricSample> Collections(MemoryProfile profile) =>
        Enumerable.Range(0, 3).Select(generation => new MetricSample([GenerationAttribute($"gen{generation}")], profile.Collections.Count(generation)));

    private static IEnumerable<MetricSample> Generations(MemoryProfile profile) => profile.Heap is [.., { Size: var size }]
        ? Generation.All.Select(generation => new MetricSample([GenerationAttribute(generation.Key)], generation.Of(size)))
        : [];

    private static KeyValuePair<string, string> GenerationAttribute(string name) => Attribute("dotnet.gc.heap.generation", name);

    private static IEnumerable<MetricSample> AllocatedTypes(MemoryProfile profile) =>
        Summed(profile.Allocations.Types.Take(Top).Select(type => new MetricSample([Attribute("type", type.Type)], type.Allocated.Bytes)));

    private static IEnumerable<MetricSample> LiveSites(MemoryProfile profile) =>
        Summed((profile.Live?.End.Sites ?? []).Take(Top).Select(site => new MetricSample(Place(site.Type, site.Site), site.Survival.Live.Bytes)));

    private static IEnumerable<MetricSample> Growth(MemoryProfile profile) =>
        Summed((profile.Live?.Growth ?? []).Take(Top).Select(site => new MetricSample(Place(site.Type, site.Site), site.BytesPerSecond)));

    private static ImmutableArray<KeyValuePair<string, string>> Place(string type, Frame? site) => [Attribute("type", type), Attribute("site", site?.Method ?? "")];

    // Two lines of one method, or two long names, have the same attributes, which may appear only once.
    private static IEnumerable<MetricSample> Summed(IEnumerable<MetricSample> samples) => samples
        .GroupBy(sample => string.Join('\n', sample.Attributes.Select(attribute => attribute.Value)))
        .Select(group => group.First() with { Value = group.Sum(sample => sample.Value) });

    private sealed record Row(string Name, MetricKind Kind, string Unit, string Help, Func<MemoryProfile, IEnumerable<MetricSample>> Read);
}
