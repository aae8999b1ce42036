using System.Collections.Immutable;
using System.Globalization;

namespace Memtrace.Watching.Metrics;

/// <summary>The metrics of one process. Immutable.</summary>
/// <param name="Resource">What identifies the process in an engine.</param>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id.</param>
/// <param name="Families">The metrics.</param>
internal sealed record ProcessMetrics(ResourceAttributes Resource, string Name, int Id, ImmutableArray<MetricFamily> Families);

/// <summary>All metrics of a watcher. Immutable.</summary>
/// <param name="Processes">Those of the processes.</param>
/// <param name="Own">Those of the watcher itself.</param>
internal sealed record WatcherMetrics(ImmutableArray<ProcessMetrics> Processes, ImmutableArray<MetricFamily> Own)
{
    /// <summary>Each metric once, with the samples of all processes, which attributes tell apart.</summary>
    public IEnumerable<MetricFamily> ByName() =>
    [
        .. Processes
            .SelectMany(process => process.Families.Select(family => family with { Samples = [.. family.Samples.Select(sample => WithProcess(process, sample))] }))
            .GroupBy(family => family.Name)
            .Select(group => group.First() with { Samples = [.. group.SelectMany(family => family.Samples)] }),
        .. Own,
    ];

    private static MetricSample WithProcess(ProcessMetrics process, MetricSample sample) => sample with
    {
        Attributes =
        [
            MetricCatalog.Attribute("process", process.Name),
            MetricCatalog.Attribute("pid", process.Id.ToString(CultureInfo.InvariantCulture)),
            .. sample.Attributes,
        ],
    };
}
