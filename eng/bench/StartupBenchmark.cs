using System.Diagnostics;

namespace Memtrace.Bench;

/// <summary>How long a user waits: for the first byte that a command prints, and for the first byte of a recording of an idle process.</summary>
internal sealed class StartupBenchmark(int rounds, ScratchFolder folder)
{
    public async Task<string> RunAsync()
    {
        var table = new MarkdownTable($"Start-up (medians of {rounds} rounds, quartiles)", "", "dotnet-memtrace ms", "dotnet-trace ms", "ratio");
        await AddAsync(table, "`--help`: first output", tool => FirstOutputAsync(tool, "--help"));
        await AddAsync(table, "`ps`: first output", tool => FirstOutputAsync(tool, "ps"));
        await AddAsync(table, "`collect`: first bytes of the file", FirstRecordedAsync);
        return table.ToString();
    }

    private async Task AddAsync(MarkdownTable table, string name, Func<Tool, Task<TimeSpan>> measure)
    {
        var samples = Tool.All.Select(_ => new Samples()).ToList();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (tool, sample) in Tool.All.Zip(samples))
                sample.Add((await measure(tool)).TotalMilliseconds);
        }

        table.Add([name, .. samples.Select(Describe), $"{samples[0].Median / samples[1].Median:F2}"]);
    }

    private static string Describe(Samples samples) => $"{samples.Median:F0} ({samples.Spread.Low:F0}-{samples.Spread.High:F0})";

    private static async Task<TimeSpan> FirstOutputAsync(Tool tool, string verb)
    {
        var clock = Stopwatch.StartNew();
        using var process = new Child(tool.Command, verb);
        if (await process.Output.ReadAsync(new char[1]) == 0)
            throw new InvalidOperationException($"{tool.Name} {verb} printed nothing. {process.Errors}");

        var elapsed = clock.Elapsed;
        await process.WaitAsync();
        return elapsed;
    }

    /// <summary>A new target each time: the first bytes of a second session are too few for dotnet-trace to write them out.</summary>
    private async Task<TimeSpan> FirstRecordedAsync(Tool tool)
    {
        using var idle = await KnownTarget.StartAsync();
        var clock = Stopwatch.StartNew();
        using var recorder = await Recorder.StartAsync(tool, idle.Id, folder.NewFile());
        var elapsed = clock.Elapsed;
        await recorder.StopAsync();
        return elapsed;
    }
}
