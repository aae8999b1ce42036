namespace Memtrace.Bench;

/// <summary>A recorder: ours, or a peer.</summary>
internal sealed record Tool(string Name, string Command, Func<int, string, string[]> Collect, Func<string, string[]> Report)
{
    public static Tool Memtrace { get; } = new(
        "dotnet-memtrace",
        Environment.GetEnvironmentVariable("MEMTRACE") ?? "dotnet-memtrace",
        (process, file) => ["collect", "--process-id", $"{process}", "--output", file, "--quiet"],
        file => ["report", file]);

    public static Tool DotnetTrace { get; } = new(
        "dotnet-trace",
        "dotnet-trace",
        (process, file) => ["collect", "--process-id", $"{process}", "--output", file, "--profile", "gc-verbose"],
        file => ["report", file, "topN"]);

    public static IReadOnlyList<Tool> All { get; } = [Memtrace, DotnetTrace];
}
