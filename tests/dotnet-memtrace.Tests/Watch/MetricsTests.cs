using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Memtrace.Tool.Tests.Watch;

/// <summary>The metrics of <c>watch</c>, as Prometheus gets them.</summary>
[Collection(CollectTestGroup.Name)]
public sealed class MetricsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ScratchFolder _folder = new();
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
        var port = FreePort();
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
        using var program = await TargetProcess.StartAsync(TargetPrograms.Command("Hoard", "dictionary", "--megabytes", "50"));
        var port = FreePort();
        using var watch = Watch(program, port, "--when", "exit", "--do", "recording");
        await MetricsAsync(port, "process_memory_usage_bytes");
        using var prometheus = StartPrometheus(port, out var queries);

        var answer = await AnswerAsync(queries, "process_memory_usage_bytes", program.Id);
        program.Signal("KILL");
        (await watch.EndAsync()).HasExitCode(0);

        var report = await Tool.RunAsync("report", Assert.Single(Directory.GetFiles(_folder.File("saved"), "*.nettrace")), "--format", "json");
        using var json = JsonDocument.Parse(report.Output);
        var rss = json.RootElement.GetProperty("memory").GetProperty("rss");

        // It holds what it has allocated, and does nothing more.
        Assert.InRange(answer, rss.GetProperty("startBytes").GetInt64() * 0.95, rss.GetProperty("peakBytes").GetInt64());
        prometheus.Kill();
        await prometheus.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Only_metrics_are_served()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        var port = FreePort();
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

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static async Task WaitAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await isSo())
            await Task.Delay(100, limit.Token);
    }

    private RunningTool Watch(TargetProcess program, int port, params string[] arguments) => Tool.Start(
        ["watch", "-p", $"{program.Id}", "--listen", $"127.0.0.1:{port}", "--live", "--breakdown", "--directory", _folder.File("saved"), .. arguments]);

    private async Task<string> MetricsAsync(int port, string expected)
    {
        var metrics = "";
        await WaitAsync(async () =>
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
        queries = FreePort();
        File.WriteAllText(_folder.File("prometheus.yml"), $"scrape_configs: [{{job_name: memtrace, scrape_interval: 1s, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}]\n");
        return ChildProcess.Start(new ProcessStartInfo(
            "/usr/bin/prometheus",
            [$"--config.file={_folder.File("prometheus.yml")}", $"--storage.tsdb.path={_folder.File("tsdb")}", $"--web.listen-address=127.0.0.1:{queries}", "--log.level=error"]))!;
    }

    private async Task<double> AnswerAsync(int port, string query, int processId)
    {
        var answer = 0.0;
        await WaitAsync(async () =>
        {
            var text = await GetAsync(new Uri($"http://127.0.0.1:{port}/api/v1/query?query={Uri.EscapeDataString($"{query}{{pid=\"{processId}\"}}")}"));
            if (text.Length == 0)
                return false;
            using var json = JsonDocument.Parse(text);
            foreach (var result in json.RootElement.GetProperty("data").GetProperty("result").EnumerateArray())
                answer = double.Parse(result.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
            return answer > 0;
        });
        return answer;
    }
}
