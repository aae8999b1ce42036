using System.Globalization;

namespace Memtrace.Bench;

/// <summary>The program Graph, whose heap is built when it has started.</summary>
internal sealed class GraphTarget : IDisposable
{
    private readonly Child _process;

    private GraphTarget(Child process) => _process = process;

    public int Id => _process.Id;

    public static async Task<GraphTarget> StartAsync(params string[] arguments)
    {
        var target = new GraphTarget(new Child("dotnet", [Setting.Of("GRAPH"), .. arguments]));
        await target._process.Output.ReadLineAsync();
        await target._process.Output.ReadLineAsync();
        return target;
    }

    public async Task WatchStallsAsync()
    {
        await _process.Input.WriteLineAsync("stall");
        await _process.Input.FlushAsync();
    }

    public async Task<double> LongestStallAsync()
    {
        await _process.Input.WriteLineAsync();
        await _process.Input.FlushAsync();
        const string Answer = "stall ";
        string? line;

        // A runtime that writes a core dump reports that on the standard output of its program.
        do
            line = await _process.Output.ReadLineAsync();
        while (line?.StartsWith(Answer, StringComparison.Ordinal) == false);
        return double.Parse(line![Answer.Length..], CultureInfo.InvariantCulture);
    }

    public void Dispose() => _process.Dispose();
}
