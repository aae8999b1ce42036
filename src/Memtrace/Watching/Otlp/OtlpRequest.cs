using System.Globalization;
using Google.Protobuf;
using Memtrace.Exporting;
using Memtrace.Watching.Metrics;

namespace Memtrace.Watching.Otlp;

/// <summary>Writes an <c>ExportMetricsServiceRequest</c>: a resource for each process and one for the watcher. All totals are cumulative.</summary>
internal sealed class OtlpRequest
{
    private const string Scope = "dotnet-memtrace", InstanceKey = "service.instance.id", ProcessIdKey = "process.pid";

    private const long Cumulative = 2;

    private readonly CodedOutputStream _output;
    private readonly DateTimeOffset _now;

    private OtlpRequest(CodedOutputStream output, DateTimeOffset now) => (_output, _now) = (output, now);

    /// <summary>Writes a request.</summary>
    /// <param name="metrics">The metrics; those of the watcher may be missing.</param>
    /// <param name="own">What identifies the watcher.</param>
    /// <param name="now">When the metrics were read.</param>
    public static byte[] Write(WatcherMetrics metrics, ResourceAttributes own, DateTimeOffset now)
    {
        using var content = new MemoryStream();
        using (var output = new CodedOutputStream(content, leaveOpen: true))
        {
            var request = new OtlpRequest(output, now);
            foreach (var process in metrics.Processes)
                request.Add(process.Resource, process.Families);
            if (!metrics.Own.IsEmpty)
                request.Add(own, metrics.Own);
        }

        return content.ToArray();
    }

    private void Add(ResourceAttributes resource, IReadOnlyList<MetricFamily> families) => _output.Message(OtlpFields.Request.ResourceMetrics, message => message
        .Message(OtlpFields.ResourceMetrics.Resource, inner => Write(inner, resource))
        .Message(OtlpFields.ResourceMetrics.ScopeMetrics, inner => Write(inner, families)));

    // Without an instance, engines take two processes of one service for the same.
    private static void Write(CodedOutputStream output, ResourceAttributes resource)
    {
        foreach (var (key, value) in resource.Values)
            WriteAttribute(output, OtlpFields.Resource.Attributes, key, value);
        if (!resource.Values.ContainsKey(InstanceKey))
            WriteAttribute(output, OtlpFields.Resource.Attributes, InstanceKey, $"{resource.Values["host.name"]}-{resource.Values[ProcessIdKey]}");
    }

    private void Write(CodedOutputStream output, IReadOnlyList<MetricFamily> families)
    {
        output.Message(OtlpFields.ScopeMetrics.Scope, scope => scope.Text(OtlpFields.Scope.Name, Scope));
        foreach (var family in families)
            output.Message(OtlpFields.ScopeMetrics.Metrics, metric => Write(metric, family));
    }

    private void Write(CodedOutputStream output, MetricFamily family)
    {
        output.Text(OtlpFields.Metric.Name, family.Name).Text(OtlpFields.Metric.Description, family.Help).Text(OtlpFields.Metric.Unit, family.Unit);
        if (family.Kind == MetricKind.Gauge)
            output.Message(OtlpFields.Metric.Gauge, data => WritePoints(data, family));
        else
            output.Message(OtlpFields.Metric.Sum, data => WriteSum(data, family));
    }

    private void WriteSum(CodedOutputStream output, MetricFamily family)
    {
        WritePoints(output, family);
        output.Number(OtlpFields.Data.AggregationTemporality, Cumulative).Number(OtlpFields.Data.IsMonotonic, family.Kind == MetricKind.Counter ? 1 : 0);
    }

    private void WritePoints(CodedOutputStream output, MetricFamily family)
    {
        foreach (var sample in family.Samples)
            output.Message(OtlpFields.Data.DataPoints, point => Write(point, sample, family.Since));
    }

    // A clock that was set back must not make a total begin after its end.
    private void Write(CodedOutputStream output, MetricSample sample, DateTimeOffset? since)
    {
        foreach (var (key, value) in sample.Attributes)
            WriteAttribute(output, OtlpFields.DataPoint.Attributes, key, value);
        if (since is { } start)
            output.Fixed(OtlpFields.DataPoint.StartTimeUnixNano, Nanoseconds(start < _now ? start : _now));
        output.Fixed(OtlpFields.DataPoint.TimeUnixNano, Nanoseconds(_now)).Real(OtlpFields.DataPoint.AsDouble, sample.Value);
    }

    private static void WriteAttribute(CodedOutputStream output, int field, string key, string value) => output.Message(field, pair => pair
        .Text(OtlpFields.KeyValue.Key, key)
        .Message(OtlpFields.KeyValue.Value, any => WriteValue(any, key, value)));

    private static void WriteValue(CodedOutputStream output, string key, string value)
    {
        // In a oneof, zero is written, too; a process id is never zero.
        if (key == ProcessIdKey && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            output.Number(OtlpFields.AnyValue.IntValue, number);
        else
            output.Text(OtlpFields.AnyValue.StringValue, value);
    }

    private static ulong Nanoseconds(DateTimeOffset time) => (ulong)(Math.Max(0, (time - DateTimeOffset.UnixEpoch).Ticks) * TimeSpan.NanosecondsPerTick);
}
