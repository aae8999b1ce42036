using System.Collections.Immutable;
using System.Globalization;

namespace Memtrace.Watching.Otlp;

/// <summary>How OTLP travels.</summary>
internal enum OtlpProtocol
{
    /// <summary>Protocol Buffers over HTTP 1.1.</summary>
    Http,

    /// <summary>gRPC.</summary>
    Grpc,
}

/// <summary>Where to send metrics, and how. Immutable.</summary>
/// <param name="Address">The address that takes requests.</param>
internal sealed record OtlpOptions(Uri Address)
{
    private const string HttpPath = "/v1/metrics", GrpcPath = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

    /// <summary>How requests travel.</summary>
    public OtlpProtocol Protocol { get; init; }

    /// <summary>Fields of each request, such as keys.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>How long to wait for an answer.</summary>
    public TimeSpan Timeout { get; init; } = HttpSender.DefaultTimeout;

    /// <summary>The time from one request to the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether requests are compressed.</summary>
    public bool IsCompressed { get; init; } = true;

    /// <summary>Options by the variables that OpenTelemetry defines for exporters.</summary>
    /// <param name="collector">The collector; null for the one that the variables name, else the one on this machine.</param>
    /// <param name="read">Reads a variable.</param>
    /// <exception cref="FormatException">A variable has a wrong value; the message says which, in a sentence.</exception>
    public static OtlpOptions Of(Uri? collector, Func<string, string?> read)
    {
        var protocol = ProtocolOf(Find(read, "PROTOCOL"));
        return new OtlpOptions(AddressOf(collector, protocol, read))
        {
            Protocol = protocol,
            Headers = [.. ResourceAttributes.Parse(Find(read, "HEADERS")?.Value)],
            Timeout = MillisecondsOf(Find(read, "TIMEOUT")) ?? HttpSender.DefaultTimeout,
            Interval = MillisecondsOf(Variable(read, "OTEL_METRIC_EXPORT_INTERVAL")) ?? TimeSpan.FromMinutes(1),
            IsCompressed = IsCompressedBy(Find(read, "COMPRESSION")),
        };
    }

    // The variable for metrics takes the whole address, the one for all signals its beginning.
    private static Uri AddressOf(Uri? collector, OtlpProtocol protocol, Func<string, string?> read)
    {
        if (collector is null && protocol == OtlpProtocol.Http && Variable(read, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT") is { } whole)
            return ParseAddress(whole);
        var beginning = collector
            ?? (Find(read, "ENDPOINT") is { } variable ? ParseAddress(variable) : new Uri(protocol == OtlpProtocol.Grpc ? "http://localhost:4317" : "http://localhost:4318"));
        var path = beginning.AbsolutePath.TrimEnd('/');
        return new UriBuilder(beginning)
        {
            Path = protocol == OtlpProtocol.Grpc ? GrpcPath : path.EndsWith(HttpPath, StringComparison.Ordinal) ? path : path + HttpPath,
        }.Uri;
    }

    private static Uri ParseAddress(OtlpVariable variable) => Uri.TryCreate(variable.Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
        ? address
        : throw new FormatException($"{variable} is not an address such as http://collector:4318.");

    private static OtlpProtocol ProtocolOf(OtlpVariable? variable) => variable?.Value switch
    {
        null or "http/protobuf" => OtlpProtocol.Http,
        "grpc" => OtlpProtocol.Grpc,
        _ => throw new FormatException($"{variable} is not supported: use http/protobuf or grpc."),
    };

    private static TimeSpan? MillisecondsOf(OtlpVariable? variable) => variable is null
        ? null
        : int.TryParse(variable.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0
            ? TimeSpan.FromMilliseconds(milliseconds)
            : throw new FormatException($"{variable} is not a number of milliseconds above 0.");

    private static bool IsCompressedBy(OtlpVariable? variable) => variable?.Value switch
    {
        null or "gzip" => true,
        "none" => false,
        _ => throw new FormatException($"{variable} is not supported: use gzip or none."),
    };

    private static OtlpVariable? Find(Func<string, string?> read, string what) =>
        Variable(read, "OTEL_EXPORTER_OTLP_METRICS_" + what) ?? Variable(read, "OTEL_EXPORTER_OTLP_" + what);

    private static OtlpVariable? Variable(Func<string, string?> read, string name) => read(name)?.Trim() is { Length: > 0 } value ? new OtlpVariable(name, value) : null;

    private sealed record OtlpVariable(string Name, string Value)
    {
        public override string ToString() => $"{Name} '{Value}'";
    }
}
