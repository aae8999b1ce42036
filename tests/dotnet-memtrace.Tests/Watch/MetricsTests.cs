using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Memtrace.TestSupport.Servers;

namespace Memtrace.Tool.Tests.Watch;

/// <summary>The metrics of <c>watch</c>, as Prometheus gets them.</summary>
[Collection(CollectTestGroup.Name)]
public sealed class MetricsTests : IDisposable
{
    private readonly CaptureFolder _folder = new();
    private readonly HttpClient _client = new();

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    [Requires(Requirement.Prometheus)]
    public async Task Promtool_accepts_them()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        var port = FreePort.Find();
        using var watch = Watch(leaky, port);

        var metrics = await MetricsAsync(port, "dotnet_gc_heap_total_allocated_bytes_total");

        using var promtool = ChildProcess.Start(["promtool", "check", "metrics"]);
        await promtool.StandardInput.WriteAsync(metrics);
        promtool.StandardInput.Close();
        var complaints = await promtool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await promtool.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (promtool.ExitCode, complaints));
    }

    [Fact]
    [Requires(Requirement.Prometheus)]
    public async Task Prometheus_answers_with_the_figures_of_the_report()
    {
        using var program = await TargetProcess.StartAsync(TargetPrograms.Command("Known", "--rate", "50", "--threads", "1", "--seconds", "20"));
        var port = FreePort.Find();
        using var watch = Watch(program, port, "--when", "exit", "--do", "recording");
        await MetricsAsync(port, "process_memory_usage_bytes");
        using var prometheus = StartPrometheus(port, out var queries);
        using var end = new Ending(prometheus);
        string Of(string metric, string labels = "") => $"{metric}{{pid=\"{program.Id}\"{labels}}}";
        await AnswerAsync(queries, Of("process_memory_usage_bytes"));

        await program.WriteLineAsync("go");
        await AnswerAsync(queries, $"count_over_time(({Of("dotnet_gc_heap_total_allocated_bytes_total")} > 5e8)[20s:1s]) > bool 0");
        var rate = await AnswerAsync(queries, $"rate({Of("dotnet_gc_heap_total_allocated_bytes_total")}[8s])");
        Assert.StartsWith("done", await program.ReadLineAsync(), StringComparison.Ordinal);

        // From here on the program waits, and its figures stay as they are.
        await AnswerAsync(queries, $"changes({Of("dotnet_gc_heap_total_allocated_bytes_total")}[5s]) == bool 0");
        var rss = await AnswerAsync(queries, Of("process_memory_usage_bytes"));
        var heap = await AnswerAsync(queries, $"sum({Of("dotnet_gc_last_collection_heap_size_bytes")})");
        var committed = await AnswerAsync(queries, Of("dotnet_gc_last_collection_memory_committed_size_bytes"));
        var collections = await AnswerAsync(queries, $"sum({Of("dotnet_gc_collections_total")})");
        var youngest = await AnswerAsync(queries, Of("dotnet_gc_collections_total", ",dotnet_gc_heap_generation=\"gen0\""));
        var pause = await AnswerAsync(queries, Of("dotnet_gc_pause_time_seconds_total"));
        var allocated = await AnswerAsync(queries, Of("dotnet_gc_heap_total_allocated_bytes_total"));
        program.Signal("KILL");
        (await watch.EndAsync()).HasExitCode(0);

        using var report = await ReportAsync();
        var memory = report.RootElement.GetProperty("memory");
        Assert.InRange(rss.Value, memory.GetProperty("rss").GetProperty("startBytes").GetInt64() * 0.95, memory.GetProperty("rss").GetProperty("peakBytes").GetInt64());
        Assert.Equal(memory.GetProperty("gcHeap").GetProperty("currentBytes").GetDouble(), heap.Value);
        Assert.Equal(memory.GetProperty("gcCommitted").GetProperty("currentBytes").GetDouble(), committed.Value);
        var counts = report.RootElement.GetProperty("collections");
        Assert.Equal(counts.GetProperty("gen0").GetDouble(), youngest.Value);
        Assert.Equal(counts.GetProperty("gen0").GetDouble() + counts.GetProperty("gen1").GetDouble() + counts.GetProperty("gen2").GetDouble(), collections.Value);
        Assert.Equal(counts.GetProperty("pauseTotalMs").GetDouble(), pause.Value * 1000, tolerance: 0.001);
        Assert.Equal(report.RootElement.GetProperty("allocations").GetProperty("bytes").GetDouble(), allocated.Value, tolerance: 1);

        // Scrapes are a second apart and take up to one, and they see what the runtime has sent by then, on a busy machine some seconds late. So the ends of Prometheus' window
        // are not quite the report's: by up to 4 of 8 s. That all that was allocated arrives is stated above.
        var start = report.RootElement.GetProperty("recording").GetProperty("startedAt").GetDateTimeOffset();
        var at = (rate.At - start).TotalSeconds;
        using var window = await ReportAsync("--from", Seconds(at - 8), "--to", Seconds(at));
        var expected = window.RootElement.GetProperty("allocations").GetProperty("bytesPerSecond").GetDouble();
        Assert.InRange(rate.Value, expected * 0.5, expected * 1.5);
    }

    [Fact]
    public async Task Only_metrics_are_served()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        var port = FreePort.Find();
        using var watch = Watch(leaky, port);
        await MetricsAsync(port, "memtrace_watched_processes 1");

        using var other = await _client.GetAsync(new Uri($"http://127.0.0.1:{port}/"), TestContext.Current.CancellationToken);
        using var post = await _client.PostAsync(new Uri($"http://127.0.0.1:{port}/metrics"), null, TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{port}/metrics"));
        request.Headers.Add("Accept", "application/openmetrics-text;version=1.0.0");
        using var open = await _client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed), (other.StatusCode, post.StatusCode));
        Assert.EndsWith("# EOF\n", await open.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal("application/openmetrics-text", open.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_collector_gets_the_figures_of_the_report()
    {
        using var collector = new HttpReceiver();
        using var program = await TargetProcess.StartAsync(
            TargetPrograms.Command("Hoard", "dictionary", "--megabytes", "50"), ("OTEL_RESOURCE_ATTRIBUTES", "service.name=orders,k8s.pod.name=orders-7f9c"));
        using var watch = Tool.Start(
            ["watch", "-p", $"{program.Id}", "--otlp", collector.Address.AbsoluteUri, "--label", "env=test", "--when", "exit", "--do", "recording", "--directory", _folder.Path],
            new Dictionary<string, string> { ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000" });
        await CaptureFolder.WaitAsync(() => collector.Requests.Count >= 3);

        program.Signal("KILL");
        (await watch.EndAsync()).HasExitCode(0);

        var exported = collector.Requests.Select(ExportedMetrics.Of).Where(request => request.Resources.Count == 2).ToList();
        var process = exported[^1].Resources[0];
        Assert.Equal(("orders", "orders-7f9c", "test", (long)program.Id), (process.Attributes["service.name"], process.Attributes["k8s.pod.name"], process.Attributes["env"], process.Attributes["process.pid"]));
        using var report = await ReportAsync();
        var rss = report.RootElement.GetProperty("memory").GetProperty("rss");
        Assert.InRange(process.Metrics["process.memory.usage"].Points[0].Value, rss.GetProperty("startBytes").GetInt64() * 0.95, rss.GetProperty("peakBytes").GetInt64());
        Assert.Single(exported.Select(request => request.Resources[0].Metrics["dotnet.gc.pause.time"].Points[0].StartNanos).Distinct());
    }

    [Fact]
    public async Task A_process_that_ends_within_the_first_interval_is_exported()
    {
        using var collector = new HttpReceiver();
        using var program = await TargetProcess.LeakyAsync();
        using var watch = _folder.Watch("-p", $"{program.Id}", "--otlp", collector.Address.AbsoluteUri, "--when", "rss > 1MB", "--do", "run true");
        await watch.SaysAsync("rss > 1MB: rss is ");

        program.Signal("TERM");

        (await watch.EndAsync()).HasExitCode(0);

        var processes = collector.Requests.SelectMany(request => ExportedMetrics.Of(request).Resources)
            .Where(resource => resource.Attributes.TryGetValue("process.pid", out var id) && id is long pid && pid == program.Id);
        Assert.InRange(Assert.Single(processes).Metrics["process.memory.usage"].Points[0].Value, 10 << 20, 1 << 30);
    }

    [Theory]
    [InlineData("--otlp", "collector:4318")]
    [InlineData("--otlp", "ftp://collector")]
    public async Task A_collector_that_has_no_address_is_refused(params string[] arguments)
    {
        var run = await Tool.RunAsync(["watch", "-p", "1", .. arguments]);

        run.HasExitCode(3);
        Assert.Single(run.Error.TrimEnd().Split('\n'), line => line.StartsWith("error: ", StringComparison.Ordinal));
    }

    private RunningTool Watch(TargetProcess program, int port, params string[] arguments) => Tool.Start(
        ["watch", "-p", $"{program.Id}", "--listen", $"127.0.0.1:{port}", "--live", "--breakdown", "--directory", _folder.Path, .. arguments]);

    private async Task<string> MetricsAsync(int port, string expected)
    {
        var metrics = "";
        await CaptureFolder.WaitAsync(async () =>
        {
            metrics = await GetAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
            return metrics.Contains("\n" + expected, StringComparison.Ordinal);
        });
        return metrics;
    }

    private async Task<string> GetAsync(Uri address)
    {
        try
        {
            return await _client.GetStringAsync(address);
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }

    private Process StartPrometheus(int port, out int queries)
    {
        queries = FreePort.Find();
        File.WriteAllText(_folder.File("prometheus.yml"), $"scrape_configs: [{{job_name: memtrace, scrape_interval: 1s, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}]\n");
        return ChildProcess.Start(new ProcessStartInfo(
            "/usr/bin/prometheus",
            [$"--config.file={_folder.File("prometheus.yml")}", $"--storage.tsdb.path={_folder.File("tsdb")}", $"--web.listen-address=127.0.0.1:{queries}", "--log.level=error"]))!;
    }

    private static string Seconds(double seconds) => seconds.ToString("0.###", CultureInfo.InvariantCulture) + "s";

    private async Task<JsonDocument> ReportAsync(params string[] arguments)
    {
        var report = await Tool.RunAsync(["report", Assert.Single(Directory.GetFiles(_folder.Path, "*.nettrace")), "--format", "json", .. arguments]);
        return JsonDocument.Parse(report.Output);
    }

    /// <summary>The answer to a query with one result, once it is not 0.</summary>
    private async Task<Answer> AnswerAsync(int port, string query)
    {
        var answer = new Answer(default, 0);
        await CaptureFolder.WaitAsync(async () =>
        {
            var text = await GetAsync(new Uri($"http://127.0.0.1:{port}/api/v1/query?query={Uri.EscapeDataString(query)}"));
            if (text.Length == 0)
                return false;
            using var json = JsonDocument.Parse(text);
            foreach (var result in json.RootElement.GetProperty("data").GetProperty("result").EnumerateArray())
            {
                var sample = result.GetProperty("value");
                answer = new Answer(
                    DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(sample[0].GetDouble()), double.Parse(sample[1].GetString()!, CultureInfo.InvariantCulture));
            }

            return answer.Value > 0;
        });
        return answer;
    }

    private readonly record struct Answer(DateTimeOffset At, double Value);

    /// <summary>Kills a process at the end of the test, before its files are removed.</summary>
    private sealed class Ending(Process process) : IDisposable
    {
        public void Dispose()
        {
            process.Kill();
            process.WaitForExit();
        }
    }
}
