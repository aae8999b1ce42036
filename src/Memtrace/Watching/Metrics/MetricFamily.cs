using System.Collections.Immutable;

namespace Memtrace.Watching.Metrics;

/// <summary>The kind of a metric, by OpenTelemetry's names of instruments.</summary>
internal enum MetricKind
{
    /// <summary>A value that goes up and down, and that makes no sense as a sum of several processes.</summary>
    Gauge,

    /// <summary>An amount that goes up and down, and that several processes add up to.</summary>
    UpDownCounter,

    /// <summary>A total that only grows.</summary>
    Counter,
}

/// <summary>Values of one quantity. Immutable.</summary>
/// <param name="Name">Its name as OpenTelemetry spells it.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Unit">Its unit in UCUM; things that are counted are in braces.</param>
/// <param name="Help">What it is.</param>
/// <param name="Samples">The values.</param>
internal sealed record MetricFamily(string Name, MetricKind Kind, string Unit, string Help, ImmutableArray<MetricSample> Samples)
{
    /// <summary>Since when totals count; null if unknown.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Its unit as Prometheus spells it; empty for a number of things.</summary>
    public string PrometheusUnit => Unit switch
    {
        "By" => "bytes",
        "s" => "seconds",
        "By/s" => "bytes_per_second",
        _ => "",
    };

    /// <summary>Its name as Prometheus spells it, which ends with the unit; of a counter without <c>_total</c>.</summary>
    public string PrometheusName => Name.Replace('.', '_') + (PrometheusUnit.Length > 0 ? "_" + PrometheusUnit : "");
}

/// <summary>A value with its attributes.</summary>
/// <param name="Attributes">The attributes in their order, by OpenTelemetry's names.</param>
/// <param name="Value">The value.</param>
internal sealed record MetricSample(ImmutableArray<KeyValuePair<string, string>> Attributes, double Value);
