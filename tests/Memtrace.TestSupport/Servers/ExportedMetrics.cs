using System.IO.Compression;
using Memtrace.TestSupport.Exports;

namespace Memtrace.TestSupport.Servers;

/// <summary>
/// An <c>ExportMetricsServiceRequest</c> as a collector reads it: written from opentelemetry-proto 1.x (<c>metrics.proto</c>, <c>common.proto</c>), the OTLP
/// specification and the data model of metrics.
/// </summary>
internal sealed class ExportedMetrics
{
    public ExportedMetrics(ReadOnlyMemory<byte> message) => Resources = [.. new WireMessage(message).Messages(1).Select(resource => new ExportedResource(resource))];

    public IReadOnlyList<ExportedResource> Resources { get; }

    /// <summary>Takes a request over HTTP apart.</summary>
    public static ExportedMetrics Of(ReceivedRequest request)
    {
        Assert.Equal(("POST", "application/x-protobuf"), (request.Method, request.Headers["Content-Type"]));
        return new ExportedMetrics(request.Headers.GetValueOrDefault("Content-Encoding") == "gzip" ? Unzip(request.Body) : request.Body);
    }

    /// <summary>Decompresses what was sent.</summary>
    public static byte[] Unzip(byte[] compressed)
    {
        using var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        gzip.CopyTo(bytes);
        return bytes.ToArray();
    }
}

/// <summary>The metrics of one resource.</summary>
internal sealed class ExportedResource
{
    public ExportedResource(WireMessage message)
    {
        Attributes = ExportedAttributes.Of(Assert.Single(message.Messages(1)).Messages(1));
        var scope = Assert.Single(message.Messages(2));
        Scope = Assert.Single(scope.Messages(1)).Text(1);
        Metrics = scope.Messages(2).Select(metric => new ExportedMetric(metric)).ToDictionary(metric => metric.Name);
        Assert.NotEqual("", Attributes["service.name"]);
    }

    public IReadOnlyDictionary<string, object> Attributes { get; }

    public string Scope { get; }

    public IReadOnlyDictionary<string, ExportedMetric> Metrics { get; }
}

/// <summary>One metric.</summary>
internal sealed class ExportedMetric
{
    public ExportedMetric(WireMessage message)
    {
        (Name, Unit) = (message.Text(1), message.Text(3));
        Assert.NotEqual("", message.Text(2));
        Assert.Matches("^[a-z][a-z0-9_.]*$", Name);

        // Gauge or sum, not both; all totals cumulative.
        Assert.NotEqual(message.Has(5), message.Has(7));
        var data = Assert.Single(message.Messages(message.Has(5) ? 5 : 7));
        if (message.Has(7))
            Assert.Equal(2UL, data.Number(2));
        Kind = message.Has(5) ? "gauge" : data.Number(3) == 1 ? "monotonic sum" : "sum";
        Points = [.. data.Messages(1).Select(point => new ExportedPoint(point))];
        Assert.NotEmpty(Points);
        Assert.Equal(Points.Count, Points.Select(point => string.Join('\n', point.Attributes)).Distinct().Count());
        if (message.Has(7))
            Assert.All(Points, point => Assert.InRange(point.StartNanos, 1UL, point.TimeNanos));
    }

    public string Name { get; }

    public string Unit { get; }

    public string Kind { get; }

    public IReadOnlyList<ExportedPoint> Points { get; }
}

/// <summary>One data point.</summary>
internal sealed class ExportedPoint(WireMessage message)
{
    public IReadOnlyDictionary<string, object> Attributes { get; } = ExportedAttributes.Of(message.Messages(7));

    public ulong StartNanos { get; } = message.Number(2);

    public ulong TimeNanos { get; } = message.Number(3);

    public double Value { get; } = message.Real(4);
}

/// <summary>Attributes of resources and data points.</summary>
internal static class ExportedAttributes
{
    // Keys are unique; a value is text or a number.
    public static IReadOnlyDictionary<string, object> Of(IEnumerable<WireMessage> pairs) =>
        pairs.ToDictionary(pair => pair.Text(1), pair => Value(Assert.Single(pair.Messages(2))), StringComparer.Ordinal);

    private static object Value(WireMessage value) => value.Has(3) ? (long)value.Number(3) : value.Text(1);
}
