using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Watching.Metrics;

/// <summary>
/// What is served of each process: OpenTelemetry's names where they exist (semantic conventions of process.* and dotnet.*), as Prometheus spells them. What is
/// unknown has no sample.
/// </summary>
internal static class MetricCatalog
{
    /// <summary>The types and call sites of each process with the most bytes.</summary>
    private const int Top = 10;

    /// <summary>No label is longer, whatever the names of types.</summary>
    private const int LongestLabel = 200;

    private static readonly ImmutableArray<Row> Rows =
    [
        new("process_memory_usage_bytes", MetricKind.Gauge, "bytes", "Resident set.", profile => One(profile.Memory.Rss?.CurrentBytes)),
        new("memtrace_process_memory_peak_bytes", MetricKind.Gauge, "bytes", "Highest resident set since the process started.", profile => One(profile.Memory.ProcessPeakRssBytes)),
        new("memtrace_memory_category_bytes", MetricKind.Gauge, "bytes", "Resident set by category, at the last memory map snapshot.", Categories),
        new("dotnet_gc_collections", MetricKind.Counter, "", "Collections since watching began, by the oldest generation.", Collections),
        new("dotnet_gc_pause_time_seconds", MetricKind.Counter, "seconds", "Total pause for collections since watching began.", profile => One(profile.Collections.PauseTotalMs / 1000)),
        new("dotnet_gc_last_collection_heap_size_bytes", MetricKind.Gauge, "bytes", "GC heap after the last collection, by generation.", Generations),
        new("dotnet_gc_last_collection_memory_committed_size_bytes", MetricKind.Gauge, "bytes", "Committed by the GC after the last collection.",
            profile => One(profile.Memory.GcCommitted?.CurrentBytes)),
        new("dotnet_gc_heap_total_allocated_bytes", MetricKind.Counter, "bytes", "Estimated allocation since watching began.",
            profile => One(profile.Allocations.IsKnown ? profile.Allocations.Total.Bytes : null)),
        new("memtrace_allocated_bytes", MetricKind.Counter, "bytes", "Estimated allocation since watching began, of the types with most.", AllocatedTypes),
        new("memtrace_live_bytes", MetricKind.Gauge, "bytes", "Estimated live bytes, of the types and call sites with most.", LiveSites),
        new("memtrace_live_growth_bytes_per_second", MetricKind.Gauge, "", "Growth of live bytes, of the call sites that grow fastest.", Growth),
        new("memtrace_container_limit_bytes", MetricKind.Gauge, "bytes", "Memory limit of the container.", profile => One(profile.Memory.Container?.LimitBytes)),
        new("memtrace_container_usage_bytes", MetricKind.Gauge, "bytes", "Memory of the container without file pages that the kernel reclaims.",
            profile => One(profile.Memory.Container?.UsedBytes)),
        new("memtrace_container_left_bytes", MetricKind.Gauge, "bytes", "What the container's limit leaves.", profile => One(profile.Memory.Container?.LeftBytes)),
        new("memtrace_lost_events", MetricKind.Counter, "", "Events that the runtime dropped.", profile => One(profile.Recording.LostEvents)),
    ];

    /// <summary>The metrics of processes; those that no process has are left out.</summary>
    /// <param name="profiles">A profile for each process.</param>
    public static IEnumerable<MetricFamily> Of(IReadOnlyCollection<MemoryProfile> profiles) =>
        from row in Rows
        let samples = profiles.SelectMany(profile => row.Read(profile).Select(sample => WithProcess(profile, sample))).ToImmutableArray()
        where samples.Length > 0
        select new MetricFamily(row.Name, row.Kind, row.Unit, row.Help, samples);

    private static MetricSample WithProcess(MemoryProfile profile, MetricSample sample) => sample with
    {
        Labels =
        [
            Label("process", profile.Process.Name ?? ""),
            Label("pid", profile.Process.Id.ToString(CultureInfo.InvariantCulture)),
            .. sample.Labels,
        ],
    };

    private static KeyValuePair<string, string> Label(string name, string value) => new(name, value.Length > LongestLabel ? value[..LongestLabel] + "..." : value);

    private static ImmutableArray<MetricSample> One(double? value) => value is { } known ? [new MetricSample([], known)] : [];

    private static IEnumerable<MetricSample> Categories(MemoryProfile profile) => profile.Breakdown is [.., var last]
        ? last.Categories.Where(category => category.IsKnown).Select(category => new MetricSample([Label("category", DataName.Of(category.Category))], category.Bytes))
        : [];

    private static IEnumerable<MetricSample> Collections(MemoryProfile profile) =>
        Enumerable.Range(0, 3).Select(generation => new MetricSample([GenerationLabel($"gen{generation}")], profile.Collections.Count(generation)));

    private static IEnumerable<MetricSample> Generations(MemoryProfile profile) => profile.Heap is [.., { Size: var size }]
        ? Generation.All.Select(generation => new MetricSample([GenerationLabel(generation.Key)], generation.Of(size)))
        : [];

    private static KeyValuePair<string, string> GenerationLabel(string name) => Label("gc_heap_generation", name);

    private static IEnumerable<MetricSample> AllocatedTypes(MemoryProfile profile) =>
        Summed(profile.Allocations.Types.Take(Top).Select(type => new MetricSample([Label("type", type.Type)], type.Allocated.Bytes)));

    private static IEnumerable<MetricSample> LiveSites(MemoryProfile profile) =>
        Summed((profile.Live?.End.Sites ?? []).Take(Top).Select(site => new MetricSample(Place(site.Type, site.Site), site.Survival.Live.Bytes)));

    private static IEnumerable<MetricSample> Growth(MemoryProfile profile) =>
        Summed((profile.Live?.Growth ?? []).Take(Top).Select(site => new MetricSample(Place(site.Type, site.Site), site.BytesPerSecond)));

    private static ImmutableArray<KeyValuePair<string, string>> Place(string type, Frame? site) => [Label("type", type), Label("site", site?.Method ?? "")];

    // Two lines of one method, or two long names, have the same labels, which may appear only once.
    private static IEnumerable<MetricSample> Summed(IEnumerable<MetricSample> samples) => samples
        .GroupBy(sample => string.Join('\n', sample.Labels.Select(label => label.Value)))
        .Select(group => group.First() with { Value = group.Sum(sample => sample.Value) });

    private sealed record Row(string Name, MetricKind Kind, string Unit, string Help, Func<MemoryProfile, IEnumerable<MetricSample>> Read);
}
