using System.Globalization;
using Memtrace.Bench;

// See run.sh, which builds what is measured and sets the environment.
var rounds = Option("--rounds", 5);
var seconds = Option("--seconds", 10);
var chosen = args.Where((argument, index) => char.IsAsciiLetter(argument[0]) && (index == 0 || !args[index - 1].StartsWith("--", StringComparison.Ordinal))).ToList();

using var folder = new ScratchFolder();
try
{
    foreach (var (name, benchmark) in Benchmarks())
    {
        if (chosen.Count == 0 || chosen.Contains(name))
            Console.WriteLine(await benchmark());
    }

    return 0;
}
catch (InvalidOperationException failure)
{
    // Caught, so that no started process and no recording is left behind.
    await Console.Error.WriteLineAsync(failure.Message);
    return 1;
}

int Option(string name, int otherwise) =>
    Array.IndexOf(args, name) is >= 0 and var index ? int.Parse(args[index + 1], CultureInfo.InvariantCulture) : otherwise;

IEnumerable<(string Name, Func<Task<string>> Run)> Benchmarks() =>
[
    ("startup", () => new StartupBenchmark(rounds * 3, folder).RunAsync()),
    ("overhead", () => new OverheadBenchmark(rounds, seconds, folder).RunAsync()),
    ("live", () => new LiveBenchmark(rounds, seconds, folder).RunAsync()),
    ("report", () => new ReportBenchmark(rounds, seconds, folder).RunAsync()),
];
