using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Json;

/// <summary>The member <c>process</c> of a document.</summary>
internal static class ProcessSchema
{
    /// <summary>A recorded process.</summary>
    public static Schema<ProcessDescription> Process { get; } = new(
    [
        new("id", "Process", Unit.Count, row => row.Id),
        new("name", "Name", ColumnKind.Text, row => row.Name),
        new("commandLine", "Command line", ColumnKind.Text, row => row.CommandLine),
        new("runtimeVersion", "Runtime", ColumnKind.Text, row => row.RuntimeVersion),
        new("architecture", "Architecture", ColumnKind.Text, row => row.Architecture),
        new("operatingSystem", "Operating system", ColumnKind.Text, row => row.OperatingSystem),
        new("processorCount", "Processors", Unit.Count, row => row.ProcessorCount),
        new("serverGc", "Server GC", row => row.ServerGc),
        new("concurrentGc", "Concurrent GC", row => row.ConcurrentGc),
        new("aheadOfTime", "Compiled ahead of time", row => row.IsAheadOfTime),
    ]);
}
