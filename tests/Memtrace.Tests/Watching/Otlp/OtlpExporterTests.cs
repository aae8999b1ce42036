using System.Net;
using Google.Protobuf;
using Memtrace.TestSupport.Servers;
using Memtrace.Watching;
using Memtrace.Watching.Metrics;
using Memtrace.Watching.Otlp;

namespace Memtrace.Tests.Watching.Otlp;

public sealed class OtlpExporterTests
{
    private static readonly ResourceAttributes Own = ResourceAttributes.Of("dotnet-memtrace", 1, [], new Dictionary<string, string>());

    private readonly List<string> _log = [];
    private readonly ManualTime _time = new();

    [Fact]
    public async Task A_collector_gets_what_the_protocol_asks_for()
    {
        using var collector = new HttpReceiver();
        using var exporter = Open(new OtlpOptions(collector.Address) { Headers = [new("api-key", "secret")] });

        await RunOnceAsync(exporter);

        var request = Assert.Single(collector.Requests);
        Assert.Equal(("secret", "gzip"), (request.Headers["api-key"], request.Headers["Content-Encoding"]));
        var exported = ExportedMetrics.Of(request);
        var (shop, own) = (exported.Resources[0], exported.Resources[1]);
        Assert.Equal(("Shop", 12L, "prod", "shop-1"), (shop.Attributes["service.name"], shop.Attributes["process.pid"], shop.Attributes["env"], shop.Attributes["k8s.pod.name"]));
        Assert.Equal($"{Environment.MachineName}-12", shop.Attributes["service.instance.id"]);
        Assert.Equal(("dotnet-memtrace", "dotnet-memtrace"), (own.Attributes["service.name"], own.Scope));
        Assert.Equal((1, 0, 0), (exporter.Sent, exporter.Dropped, exporter.Rejected));
    }

    [Fact]
    public async Task Kinds_and_units_are_those_of_the_semantic_conventions()
    {
        using var collector = new HttpReceiver();
        using var exporter = Open(new OtlpOptions(collector.Address) { IsCompressed = false });

        await RunOnceAsync(exporter);

        var metrics = ExportedMetrics.Of(Assert.Single(collector.Requests)).Resources[0].Metrics;
        Assert.Equal(("sum", "By"), (metrics["process.memory.usage"].Kind, metrics["process.memory.usage"].Unit));
        Assert.Equal(("monotonic sum", "{collection}"), (metrics["dotnet.gc.collections"].Kind, metrics["dotnet.gc.collections"].Unit));
        Assert.Equal(("monotonic sum", "s"), (metrics["dotnet.gc.pause.time"].Kind, metrics["dotnet.gc.pause.time"].Unit));
        Assert.Equal(("sum", "By"), (metrics["memtrace.live"].Kind, metrics["memtrace.live"].Unit));
        Assert.Equal(("monotonic sum", "By"), (metrics["dotnet.gc.heap.total_allocated"].Kind, metrics["dotnet.gc.heap.total_allocated"].Unit));
        Assert.Equal(("gauge", "By/s"), (metrics["memtrace.live.growth"].Kind, metrics["memtrace.live.growth"].Unit));
        Assert.Equal(["gen0", "gen1", "gen2"], metrics["dotnet.gc.collections"].Points.Select(point => point.Attributes["dotnet.gc.heap.generation"]));
        Assert.Equal(SampleProfiles.Live.Memory.Rss!.CurrentBytes, metrics["process.memory.usage"].Points[0].Value);
    }

    [Fact]
    public async Task Totals_begin_where_the_recording_began_even_if_the_clock_was_set_back()
    {
        using var collector = new HttpReceiver();
        using var exporter = Open(new OtlpOptions(collector.Address));
        var start = SampleProfiles.Live.Recording.StartedAt!.Value;
        foreach (var now in new[] { start.AddHours(1), start.AddHours(-1), start.AddHours(2) })
        {
            _time.Now = now;
            exporter.Add(Metrics);
        }

        await RunOnceAsync(exporter);

        var points = collector.Requests.Take(3).Select(request => ExportedMetrics.Of(request).Resources[0].Metrics["dotnet.gc.collections"].Points[0]).ToList();
        Assert.Equal([Nanoseconds(start), Nanoseconds(start.AddHours(-1)), Nanoseconds(start)], points.Select(point => point.StartNanos));
        Assert.Equal([Nanoseconds(start.AddHours(1)), Nanoseconds(start.AddHours(-1)), Nanoseconds(start.AddHours(2))], points.Select(point => point.TimeNanos));
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.NotFound)]
    public async Task What_the_collector_refuses_is_dropped_and_counted(HttpStatusCode status)
    {
        using var collector = new HttpReceiver(status);
        using var exporter = Open(new OtlpOptions(collector.Address));
        exporter.Add(Metrics);

        await RunOnceAsync(exporter);

        Assert.Equal((2, 0, 2), (collector.Requests.Count, exporter.Sent, exporter.Dropped));
        Assert.Single(_log);
    }

    [Fact]
    public async Task Data_points_that_are_rejected_are_counted()
    {
        using var collector = new HttpReceiver { Write = response => response.OutputStream.Write(PartialSuccess(7, "too old")) };
        using var exporter = Open(new OtlpOptions(collector.Address));

        await RunOnceAsync(exporter);

        Assert.Equal((1, 0, 7), (exporter.Sent, exporter.Dropped, exporter.Rejected));
        Assert.EndsWith("rejected data points: too old", Assert.Single(_log), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.BadGateway)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.GatewayTimeout)]
    public async Task A_collector_that_asks_to_wait_is_left_alone_that_long(HttpStatusCode status)
    {
        using var collector = new HttpReceiver(status) { Write = response => response.AddHeader("Retry-After", "120") };
        using var exporter = Open(new OtlpOptions(collector.Address) { Interval = TimeSpan.FromDays(1) });
        using var stop = new CancellationTokenSource();
        exporter.Add(Metrics);
        var running = exporter.RunAsync(() => Task.FromResult(Metrics), stop.Token);
        await WaitAsync(() => _log.Count == 1);

        await PassAsync(TimeSpan.FromSeconds(110));
        Assert.Single(collector.Requests);
        collector.Status = HttpStatusCode.OK;
        await WaitAsync(() => exporter.Sent == 1, TimeSpan.FromSeconds(10));

        await stop.CancelAsync();
        await running;
        Assert.EndsWith("accepted again", _log[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_ten_minutes_without_the_collector_it_gets_what_it_missed()
    {
        using var collector = new HttpReceiver(HttpStatusCode.ServiceUnavailable);
        using var exporter = Open(new OtlpOptions(collector.Address));
        using var stop = new CancellationTokenSource();
        var running = exporter.RunAsync(() => Task.FromResult(Metrics), stop.Token);
        await PassAsync(TimeSpan.FromMinutes(10));
        Assert.Equal((0, 0), (exporter.Sent, exporter.Dropped));

        collector.Status = HttpStatusCode.OK;
        await WaitAsync(() => exporter.Sent >= 10, TimeSpan.FromSeconds(10));

        await stop.CancelAsync();
        await running;
        var times = collector.Accepted.Select(request => ExportedMetrics.Of(request).Resources[0].Metrics["process.memory.usage"].Points[0].TimeNanos).ToList();
        Assert.Equal(times.Order(), times);
        Assert.Equal(0, exporter.Dropped);
        Assert.Equal(2, _log.Count);
    }

    [Fact]
    public async Task A_request_that_is_on_its_way_at_the_end_is_not_sent_again()
    {
        using var stop = new CancellationTokenSource();
        using var collector = new HttpReceiver { Write = _ => stop.Cancel() };
        using var exporter = Open(new OtlpOptions(collector.Address));
        exporter.Add(Metrics);

        await exporter.RunAsync(() => Task.FromResult(Metrics), stop.Token);

        Assert.Equal((2, 2), (collector.Requests.Count, exporter.Sent));
    }

    [Fact]
    public void Of_more_than_an_hour_the_oldest_are_dropped()
    {
        using var exporter = Open(new OtlpOptions(new Uri("http://127.0.0.1:1/v1/metrics")));

        for (var i = 0; i < OtlpExporter.MostWaiting + 10; i++)
            exporter.Add(Metrics);

        Assert.Equal(10, exporter.Dropped);
    }

    [Fact]
    public async Task Nobody_listens_and_the_end_does_not_wait()
    {
        using var exporter = Open(new OtlpOptions(new Uri("http://127.0.0.1:1/v1/metrics")));
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        var running = exporter.RunAsync(() => Task.FromResult(Metrics), stop.Token);

        // The last attempt has failed before its time is over, however busy the machine is.
        await WaitAsync(() => _log.Count == 1);
        await WaitAsync(() => running.IsCompleted, TimeSpan.FromSeconds(1));

        Assert.Equal((0, 0), (exporter.Sent, exporter.Dropped));
        Assert.Single(_log);
    }

    private static WatcherMetrics Metrics { get; } = new(
        [
            new ProcessMetrics(
                ResourceAttributes.Of("Shop", 12, [name => name == "OTEL_RESOURCE_ATTRIBUTES" ? "k8s.pod.name=shop-1" : null], new Dictionary<string, string> { ["env"] = "prod" }),
                "Shop",
                12,
                [.. MetricCatalog.Of(SampleProfiles.Live), .. MetricCatalog.OfAllocations(SampleProfiles.Live)]),
        ],
        new OwnMetrics(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero)).Of(processes: 1, firings: 0));

    private static byte[] PartialSuccess(long rejected, string message)
    {
        using var inner = new MemoryStream();
        using (var output = new CodedOutputStream(inner, leaveOpen: true))
        {
            output.WriteTag(1, WireFormat.WireType.Varint);
            output.WriteInt64(rejected);
            output.WriteTag(2, WireFormat.WireType.LengthDelimited);
            output.WriteString(message);
        }

        return [0x0A, (byte)inner.Length, .. inner.ToArray()];
    }

    private static ulong Nanoseconds(DateTimeOffset time) => (ulong)(time - DateTimeOffset.UnixEpoch).Ticks * 100;

    private OtlpExporter Open(OtlpOptions options) => new(options, Own, _log.Add, _time);

    // What is there is still sent after the stop.
    private static async Task RunOnceAsync(OtlpExporter exporter)
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await exporter.RunAsync(() => Task.FromResult(Metrics), stop.Token);
    }

    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(5))
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
            _time.Advance(TimeSpan.FromSeconds(5));
        }
    }

    /// <summary>Waits for something; meanwhile this much made-up time passes every few milliseconds.</summary>
    private async Task WaitAsync(Func<bool> isSo, TimeSpan step = default)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!isSo())
        {
            await Task.Delay(5, limit.Token);
            _time.Advance(step);
        }
    }
}
