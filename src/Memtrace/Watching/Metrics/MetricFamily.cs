using System.Collections.Immutable;

namespace Memtrace.Watching.Metrics;

/// <summary>The kind of a metric.</summary>
internal enum MetricKind
{
    /// <summary>A value that goes up and down.</summary>
    Gauge,

    /// <summary>A total that only grows.</summary>
    Counter,
}

/// <summary>Values of one quantity. Immutable.</summary>
/// <param name="Name">Its name as Prometheus spells it; of a counter without <c>_total</c>.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Unit">Its unit, with which the name ends; empty for a number of things.</param>
/// <param name="Help">What it is.</param>
/// <param name="Samples">The values.</param>
internal sealed record MetricFamily(string Name, MetricKind Kind, string Unit, string Help, ImmutableArray<MetricSample> Samples);

/// <summary>A value with its labels.</summary>
/// <param name="Labels">The labels in their order.</param>
/// <param name="Value">The value.</param>
internal sealed record MetricSample(ImmutableArray<KeyValuePair<string, string>> Labels, double Value);
