using System.CommandLine;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.Tool.Commands.Heap;

/// <summary><c>dotnet-memtrace read-dump</c>: reads a core dump into a snapshot (<see cref="ReadingVerb"/>).</summary>
internal static class ReadDumpCommand
{
    /// <summary>Its name.</summary>
    public const string Name = "read-dump";

    private static readonly Argument<string> Dump = new("DUMP");

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create() => ReadingVerb.Create(
        Name,
        "Read a core dump into a heap snapshot.",
        Dump,
        (parsed, options) => DumpHeapSource.Read(parsed.GetRequiredValue(Dump), options, new HeapProgress(), CancellationToken.None));
}
