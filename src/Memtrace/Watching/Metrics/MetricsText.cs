using System.Globalization;
using System.Text;

namespace Memtrace.Watching.Metrics;

/// <summary>Writes metrics in the two formats that Prometheus scrapes: OpenMetrics 1.0 and its own text format 0.0.4.</summary>
internal static class MetricsText
{
    /// <summary>The media type of OpenMetrics.</summary>
    public const string OpenMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// <summary>The media type of Prometheus' own format.</summary>
    public const string PlainType = "text/plain; version=0.0.4; charset=utf-8";

    private const string CounterSuffix = "_total";

    /// <summary>Writes OpenMetrics.</summary>
    /// <param name="families">The metrics.</param>
    public static string WriteOpenMetrics(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families)
        {
            AppendHeader(text, family, family.PrometheusName);
            if (family.PrometheusUnit.Length > 0)
                text.Append(CultureInfo.InvariantCulture, $"# UNIT {family.PrometheusName} {family.PrometheusUnit}\n");
            AppendSamples(text, family);
        }

        return text.Append("# EOF\n").ToString();
    }

    /// <summary>Writes Prometheus' own format, in which the family of a counter has the name of its samples.</summary>
    /// <param name="families">The metrics.</param>
    public static string WritePlain(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families)
        {
            AppendHeader(text, family, NameOfSamples(family));
            AppendSamples(text, family);
        }

        return text.ToString();
    }

    private static string NameOfSamples(MetricFamily family) => family.PrometheusName + (family.Kind == MetricKind.Counter ? CounterSuffix : "");

    private static void AppendHeader(StringBuilder text, MetricFamily family, string name) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {Escaped(family.Help)}\n# TYPE {name} {(family.Kind == MetricKind.Counter ? "counter" : "gauge")}\n");

    private static void AppendSamples(StringBuilder text, MetricFamily family)
    {
        var name = NameOfSamples(family);
        foreach (var sample in family.Samples)
        {
            text.Append(name);
            if (sample.Attributes.Length > 0)
                text.Append('{').AppendJoin(',', sample.Attributes.Select(item => $"{item.Key.Replace('.', '_')}=\"{Escaped(item.Value)}\"")).Append('}');
            text.Append(CultureInfo.InvariantCulture, $" {sample.Value:R}\n");
        }
    }

    // A surrogate without its partner, which names in damaged streams can have, is not valid UTF-8.
    private static string Escaped(string value) => new StringBuilder(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value)))
        .Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\r", "").Replace("\n", "\\n").ToString();
}
