using System.Globalization;
using Memtrace.Bench;

// See run.sh, which builds what is measured and sets the environment.
var rounds = Number("--rounds") ?? 5;
var seconds = Number("--seconds");
var chosen = args.Where((argument, index) => char.IsAsciiLetter(argument[0]) && (index == 0 || !args[index - 1].StartsWith("--", StringComparison.Ordinal))).ToList();
var recordings = new Recordings(Setting.Of("RECORDINGS"));

using var folder = new ScratchFolder();
var benchmarks = Benchmarks();
if (chosen.Find(name => !benchmarks.ContainsKey(name)) is { } unknown)
{
    await Console.Error.WriteLineAsync($"Unknown benchmark {unknown}. There are: {string.Join(' ', benchmarks.Keys)}");
    return 1;
}

try
{
    foreach (var (name, run) in benchmarks)
    {
        if (chosen.Count == 0 || chosen.Contains(name))
            Console.WriteLine(await run());
    }

    return 0;
}
catch (InvalidOperationException failure)
{
    // Caught, so that no started process and no recording is left behind.
    await Console.Error.WriteLineAsync(failure.Message);
    return 1;
}

string? Text(string name) => Array.IndexOf(args, name) is >= 0 and var index ? args[index + 1] : null;

int? Number(string name) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

OrderedDictionary<string, Func<Task<string>>> Benchmarks() => new()
{
    ["help"] = new CommandBenchmark(rounds * 3, "--help", "20 ms, 20 MB").RunAsync,
    ["ps"] = new CommandBenchmark(rounds * 3, "ps", "30 ms of CPU").RunAsync,
    ["first-events"] = new FirstEventsBenchmark(rounds * 3, folder).RunAsync,
    ["collect"] = new CollectBenchmark(rounds, seconds ?? 14, folder).RunAsync,
    ["monitor"] = new MonitorBenchmark(rounds, seconds ?? 120).RunAsync,
    ["watch"] = new WatchBenchmark(rounds, seconds ?? 120, folder).RunAsync,
    ["report"] = new ReportBenchmark(rounds, recordings).RunAsync,
    ["report-live"] = new LiveReportBenchmark(rounds, recordings).RunAsync,
    ["convert"] = new ConvertBenchmark(rounds, recordings, folder).RunAsync,
    ["length"] = new LengthBenchmark(rounds, recordings).RunAsync,
    ["overhead"] = new OverheadBenchmark(rounds, seconds ?? 10, folder).RunAsync,
    ["live"] = new LiveBenchmark(rounds, seconds ?? 10, folder).RunAsync,
    ["measurement"] = new MeasurementBenchmark(rounds * 3).RunAsync,
    ["budget-checks"] = new ChecksBenchmark(rounds * 100, Text("--only")).BudgetsAsync,
    ["leak-checks"] = new ChecksBenchmark(rounds * 100, Text("--only")).LeaksAsync,
    ["heap"] = new HeapBenchmark(rounds, folder).RunAsync,
    ["copies"] = new CopyBenchmark(rounds, folder, Number("--millions"), Text("--only")).RunAsync,
};
