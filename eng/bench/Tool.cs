namespace Memtrace.Bench;

/// <summary>A recorder: ours, or a peer.</summary>
internal sealed record Tool(string Name, string Command, Func<int, string, string[]> Collect, Func<string, string[]> Report)
{
    public static Tool Memtrace { get; } = new(
        "dotnet-memtrace",
        Setting.Of("MEMTRACE"),
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
        Setting.Of("DOTNET_TRACE"),
        (process, file) => ["collect", "--process-id", $"{process}", "--output", file, "--profile", "gc-verbose"],
        file => ["report", file, "topN"]);

    /// <summary>The command of dotnet-counters.</summary>
    public static string DotnetCounters => Setting.Of("DOTNET_COUNTERS");

    /// <summary>The command of dotnet-gcdump.</summary>
    public static string DotnetGcdump => Setting.Of("DOTNET_GCDUMP");

    /// <summary>The command of dotnet-dump.</summary>
    public static string DotnetDump => Setting.Of("DOTNET_DUMP");

    public static IReadOnlyList<Tool> All { get; } = [Memtrace, DotnetTrace];

    public Task<Usage> ReportAsync(string file) => ReadAsync(file, Report(file));

    /// <summary>Runs a command that reads a recording.</summary>
    public async Task<Usage> ReadAsync(string file, params IEnumerable<string> arguments) =>
        await Child.RunAsync(Command, arguments) with { MegabytesRead = new FileInfo(file).Length / 1e6 };
}
