using Memtrace.Watching.Otlp;

namespace Memtrace.Tests.Watching.Otlp;

public sealed class OtlpOptionsTests
{
    private const string Grpc = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

    [Theory]
    [InlineData(null, "", "http://localhost:4318/v1/metrics")]
    [InlineData(null, "OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "http://localhost:4317" + Grpc)]
    [InlineData(null, "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318/", "http://collector:4318/v1/metrics")]
    [InlineData(null, "OTEL_EXPORTER_OTLP_ENDPOINT=http://a;OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=https://b/as/it/is", "https://b/as/it/is")]
    [InlineData(null, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://b:4317;OTEL_EXPORTER_OTLP_METRICS_PROTOCOL=grpc", "http://b:4317" + Grpc)]
    [InlineData("http://prometheus:9090/api/v1/otlp", "OTEL_EXPORTER_OTLP_ENDPOINT=http://a", "http://prometheus:9090/api/v1/otlp/v1/metrics")]
    [InlineData("http://collector:4318/v1/metrics", "", "http://collector:4318/v1/metrics")]
    [InlineData("http://collector:4317", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "http://collector:4317" + Grpc)]
    public void The_address_follows_the_specification(string? given, string variables, string expected) =>
        Assert.Equal(expected, Of(given, variables).Address.AbsoluteUri);

    [Fact]
    public void By_default_requests_are_compressed_protobuf_once_a_minute()
    {
        var options = Of(null, "");

        Assert.Equal(
            (OtlpProtocol.Http, true, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10), 0),
            (options.Protocol, options.IsCompressed, options.Interval, options.Timeout, options.Headers.Length));
    }

    [Fact]
    public void Variables_for_metrics_win_over_those_for_all_signals()
    {
        var options = Of(
            null,
            "OTEL_EXPORTER_OTLP_HEADERS=a=1;OTEL_EXPORTER_OTLP_METRICS_HEADERS=api-key=x%20y,b=2;OTEL_EXPORTER_OTLP_TIMEOUT=1000;OTEL_EXPORTER_OTLP_METRICS_TIMEOUT=2000;"
            + "OTEL_METRIC_EXPORT_INTERVAL=5000;OTEL_EXPORTER_OTLP_COMPRESSION=none");

        Assert.Equal([new("api-key", "x y"), new("b", "2")], options.Headers);
        Assert.Equal((2.0, 5.0, false), (options.Timeout.TotalSeconds, options.Interval.TotalSeconds, options.IsCompressed));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "/v1/metrics")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "10s")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "0")]
    [InlineData("OTEL_METRIC_EXPORT_INTERVAL", "-1")]
    [InlineData("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd")]
    public void A_wrong_value_is_named_with_its_variable(string name, string value) =>
        Assert.StartsWith($"{name} '{value}' is not", Assert.Throws<FormatException>(() => Of(null, $"{name}={value}")).Message, StringComparison.Ordinal);

    private static OtlpOptions Of(string? collector, string variables)
    {
        var values = variables.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return OtlpOptions.Of(collector is null ? null : new Uri(collector), values.GetValueOrDefault);
    }
}
