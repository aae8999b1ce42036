using System.Globalization;
using Memtrace.Fuzz;
using Memtrace.Fuzz.Generation;

// With one of its own options it fuzzes without an end; else it is a test project like the others, with a fixed number of inputs.
//   dotnet run --project tests/Memtrace.Fuzz -c Release -- --seconds 600 [--seed N] [--inputs N] [--corpus DIR] [--failures DIR]
//   dotnet run --project tests/Memtrace.Fuzz -c Release -- --write-corpus DIR
string[] own = ["--seconds", "--seed", "--inputs", "--corpus", "--failures", "--write-corpus"];
if (args.Length == 0 || !own.Contains(args[0]))
    return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);

var options = new Dictionary<string, string>();
for (var i = 0; i < args.Length; i += 2)
{
    if (!own.Contains(args[i]) || i + 1 == args.Length)
    {
        Console.Error.WriteLine($"error: {args[i]} is not an option of {string.Join(", ", own)} with a value.");
        return 3;
    }

    options[args[i]] = args[i + 1];
}

if (options.TryGetValue("--write-corpus", out var target))
{
    CorpusGenerator.WriteTo(target);
    return 0;
}

var failures = options.GetValueOrDefault("--failures", "fuzz-failures");
var corpus = Recording.ReadAll(Path.Combine(AppContext.BaseDirectory, "Corpus"));
if (options.TryGetValue("--corpus", out var folder))
    corpus = [.. corpus, .. Recording.ReadAll(folder)];

// A stack overflow ends the process: the seed is in this file then.
Directory.CreateDirectory(failures);
using var current = new FileStream(Path.Combine(failures, "current-seed"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
using var fuzzer = new Fuzzer(corpus)
{
    Failed = failure =>
    {
        Console.WriteLine(Fuzzer.Describe(failure));
        File.WriteAllBytes(Path.Combine(failures, $"{failure.Seed}.nettrace"), failure.Input.Bytes);
    },
    Trying = seed =>
    {
        current.Position = 0;
        current.Write(System.Text.Encoding.ASCII.GetBytes(seed.ToString("D10", CultureInfo.InvariantCulture) + "\n"));
    },
};
var result = fuzzer.Run(new FuzzOptions(
    int.Parse(options.GetValueOrDefault("--seed", "1"), CultureInfo.InvariantCulture),
    long.Parse(options.GetValueOrDefault("--inputs", $"{long.MaxValue}"), CultureInfo.InvariantCulture),
    TimeSpan.FromSeconds(double.Parse(options.GetValueOrDefault("--seconds", "1000000"), CultureInfo.InvariantCulture))));
Console.WriteLine($"{result.Inputs} inputs, {result.CpuTime.TotalSeconds:F1} s of processor time, {result.Failures.Count} kinds of failures");
return result.Failures.Count == 0 ? 0 : 1;
