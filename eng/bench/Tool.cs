namespace Memtrace.Bench;

/// <summary>A recorder: ours, or a peer.</summary>
internal sealed record Tool(string Name, string Command, Func<int, string, string[]> Collect, Func<string, string[]> Report)
{
    public static Tool Memtrace { get; } = new(
        "dotnet-memtrace",
        Variable("MEMTRACE"),
        (process, file) => ["collect", "--process-id", $"{process}", "--output", file, "--quiet"],
        file => ["report", file]);

    /// <summary>With survival, and however long a walk takes.</summary>
    public static Tool MemtraceLive { get; } = Memtrace with
    {
        Name = "dotnet-memtrace --live",
        Collect = (process, file) => [.. Memtrace.Collect(process, file), "--live", "--max-pause", "60s"],
    };

    public static Tool DotnetTrace { get; } = new(
        "dotnet-trace",
        Variable("DOTNET_TRACE"),
        (process, file) => ["collect", "--process-id", $"{process}", "--output", file, "--profile", "gc-verbose"],
        file => ["report", file, "topN"]);

    /// <summary>The command of dotnet-counters.</summary>
    public static string DotnetCounters => Variable("DOTNET_COUNTERS");

    public static IReadOnlyList<Tool> All { get; } = [Memtrace, DotnetTrace];

    public Task<Usage> ReportAsync(string file) => ReadAsync(file, Report(file));

    /// <summary>Runs a command that reads a recording.</summary>
    public async Task<Usage> ReadAsync(string file, params IEnumerable<string> arguments) =>
        await Child.RunAsync(Command, arguments) with { MegabytesRead = new FileInfo(file).Length / 1e6 };

    private static string Variable(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set; use run.sh.");
}
