using System.Globalization;
using System.Text.Json;

namespace Memtrace.Tool.Tests.Monitor;

/// <summary><c>monitor</c> without a terminal: a line at each interval, and one at the end.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class MonitorTests : IDisposable
{
    private const long MiB = 1 << 20;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lines_of_json_match_what_the_program_counted_itself()
    {
        var file = _folder.File("lines.json");
        using var known = await TargetProcess.StartAsync(TargetPrograms.Command("Known", "--megabytes", "400"));
        using var tool = Tool.StartInto(file, "monitor", "-p", $"{known.Id}", "--format", "json", "--refresh-interval", "200ms", "--top", "100");
        await tool.RecordsAsync(file, size: 1);
        var before = (Rss: ProcessStatus.Bytes(known.Id, "VmRSS"), Threads: ProcessStatus.Threads(known.Id));
        await known.WriteLineAsync("go");
        var truth = GroundTruth.Parse(await known.ReadLineAsync());

        (await tool.EndAsync("TERM")).HasExitCode(0);

        var lines = File.ReadAllLines(file).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.All(lines, line => Assert.Equal(("dotnet-memtrace/monitor", 1), (line.GetProperty("schema").GetString(), line.GetProperty("version").GetInt32())));
        Assert.Equal(lines.Select(Seconds).Order(), lines.Select(Seconds));
        Assert.Equal("stopped", lines[^1].GetProperty("endReason").GetString());
        Assert.All(lines.SkipLast(1), line => Assert.Equal(JsonValueKind.Null, line.GetProperty("endReason").ValueKind));

        // The resident set does not shrink during the work, whose two threads may still be running.
        Assert.InRange(lines[^1].GetProperty("memory").GetProperty("rssBytes").GetInt64(), 0.9 * before.Rss, ProcessStatus.Bytes(known.Id, "VmHWM") + MiB);
        Assert.InRange(lines[^1].GetProperty("process").GetProperty("threads").GetInt32(), before.Threads - 4, before.Threads + 4);

        // Of the last ten seconds: what passes between the readings of two clocks is little beside that.
        Assert.InRange(CpuShare(lines[^1]), 0.01, 1.1 * Environment.ProcessorCount);
        var generations = lines[^1].GetProperty("memory").GetProperty("generations").EnumerateObject().Where(size => size.Name != "freeBytes");
        Assert.Equal(lines[^1].GetProperty("memory").GetProperty("gcHeapBytes").GetInt64(), generations.Sum(size => size.Value.GetInt64()));
        Assert.Equal(0, lines[^1].GetProperty("monitor").GetProperty("lostEvents").GetInt64());

        var bytes = lines[^1].GetProperty("types").EnumerateArray().ToDictionary(type => type.GetProperty("type").GetString()!, type => type.GetProperty("bytes").GetDouble());
        SamplingAgreement.Holds([.. truth.Types.Select(type => (type.Type, type.Deviation(bytes[type.Type])))]);
    }

    [Fact]
    public async Task Rows_of_csv_have_one_header()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        var before = (Rss: ProcessStatus.Bytes(leaky.Id, "VmRSS"), Threads: ProcessStatus.Threads(leaky.Id));

        var run = await Tool.RunAsync("monitor", "-p", $"{leaky.Id}", "--format", "csv", "--refresh-interval", "300ms", "--duration", "3s");

        run.HasExitCode(0);
        Assert.Single(run.Output.Split('\n'), line => line.StartsWith("at,seconds,", StringComparison.Ordinal));
        var rows = CsvReader.Read(run.Output);
        Assert.InRange(rows.Count, 2, 14);
        Assert.InRange(long.Parse(rows[^1]["memory.rssBytes"], CultureInfo.InvariantCulture), 0.9 * before.Rss, ProcessStatus.Bytes(leaky.Id, "VmHWM") + MiB);
        Assert.All(rows, row => Assert.True(double.Parse(row["seconds"], CultureInfo.InvariantCulture) > 0));
        Assert.InRange(int.Parse(rows[^1]["process.threads"], CultureInfo.InvariantCulture), before.Threads - 4, ProcessStatus.Threads(leaky.Id) + 4);
        Assert.Equal(rows.Select(row => row["at"]).Order(StringComparer.Ordinal), rows.Select(row => row["at"]));
    }

    [Fact]
    public async Task A_launched_program_is_watched_to_its_end_and_its_exit_code_passed_on()
    {
        var run = await Tool.RunAsync(["monitor", "--live", "--refresh-interval", "500ms", "--", .. TargetPrograms.Command("Leaky", "--seconds", "1", "--exit-code", "7")], new Dictionary<string, string>());

        run.HasExitCode(7);
        Assert.Matches("^--live: each background collection now pauses the process for a heap walk, .*\nThe process exited with code 7.\n$", run.Error);
        var lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.All(lines, line => Assert.Matches(@"^\d\d:\d\d:\d\d  RSS .*  GC heap .*  live .*  allocating [\d.]+ .?i?B/s  ", line));
        Assert.Matches(@"  RSS [\d.]+ MiB \(peak [\d.]+ MiB\)  ", lines[^1]);
    }

    [Fact]
    public async Task Without_a_collection_the_heap_size_is_known_but_live_objects_are_not()
    {
        const long Held = 20 << 20;
        using var idle = await TargetProcess.StartAsync(TargetPrograms.Command("Idle", "holding", "20", "0"));

        var run = await Tool.RunAsync("monitor", "-p", $"{idle.Id}", "--live", "--format", "csv", "--refresh-interval", "500ms", "--duration", "6s");

        run.HasExitCode(0);
        var last = CsvReader.Read(run.Output)[^1];
        Assert.InRange(long.Parse(last["memory.gcHeapBytes"], CultureInfo.InvariantCulture), Held, 2 * Held);
        Assert.InRange(long.Parse(last["memory.generations.lohBytes"], CultureInfo.InvariantCulture), Held, 2 * Held);
        Assert.Equal(("0", ""), (last["collections.gen0"], last["live.bytes"]));
    }

    [Fact]
    public async Task A_damaged_stream_ends_it_with_its_reason()
    {
        var port = _folder.File("port");
        using var leaky = await TargetProcess.LeakyAsync();
        using var proxy = new Collect.SpoilingProxy(port, leaky.DiagnosticSocket);
        using var tool = Tool.StartInto(_folder.File("lines.json"), "monitor", "--dport", $"{port},connect", "--format", "json");
        await tool.RecordsAsync(_folder.File("lines.json"), size: 1);
        proxy.Spoil();

        var run = await tool.EndAsync();

        run.HasExitCode(ExitCode.TracingError);
        Assert.DoesNotContain("Unhandled", run.Error, StringComparison.Ordinal);
        Assert.Equal("streamDamaged", JsonDocument.Parse(File.ReadLines(_folder.File("lines.json")).Last()).RootElement.GetProperty("endReason").GetString());
    }

    [Fact]
    public async Task It_ends_when_the_reader_closes_the_pipe()
    {
        using var leaky = await TargetProcess.LeakyAsync();

        var run = await Tool.RunUnderAsync(["sh", "-c", "\"$@\" | head -1; echo over", "sh"], "monitor", "-p", $"{leaky.Id}", "--format", "csv", "--refresh-interval", "200ms");

        Assert.Equal(["at", "over"], run.Output.TrimEnd('\n').Split('\n').Select(line => line.Split(',')[0]));
    }

    [Theory]
    [InlineData("Specify exactly one target: -p PID", "--format", "json")]
    [InlineData("--buffer 'much' is not a time, a size of 1MB or more, or both with a comma, such as 10m,500MB.", "-p", "1", "--buffer", "much")]
    [InlineData("--live and --no-live cannot be combined.", "-p", "1", "--live", "--no-live")]
    [InlineData("--refresh-interval '1ms' is not a time of 100ms or more", "-p", "1", "--refresh-interval", "1ms")]
    public async Task Invalid_combinations_are_refused(string message, params string[] arguments)
    {
        var run = await Tool.RunAsync(["monitor", .. arguments], new Dictionary<string, string>());

        run.HasExitCode(3);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task A_missing_process_is_reported_in_one_line()
    {
        var run = await Tool.RunAsync("monitor", "-p", "999999999");

        run.HasExitCode(1);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    // The first line has none.
    private static double CpuShare(JsonElement line) =>
        line.GetProperty("process").GetProperty("cpuShare") is { ValueKind: JsonValueKind.Number } share ? share.GetDouble() : 0;

    private static double Seconds(JsonElement line) => line.GetProperty("seconds").GetDouble();
}
