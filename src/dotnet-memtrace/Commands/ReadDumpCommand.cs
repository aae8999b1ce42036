using System.CommandLine;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.Tool.Commands;

/// <summary>
/// <c>dotnet-memtrace read-dump</c>, which only the tool itself calls (<see cref="ReadingChild"/>): reads a core dump with the runtime's own library, and writes the
/// heap as a snapshot. In a process of its own, because a faulty library or a damaged dump can end it.
/// </summary>
internal static class ReadDumpCommand
{
    /// <summary>Its name.</summary>
    public const string Name = "read-dump";

    private static readonly Argument<string> Dump = new("DUMP");

    private static readonly Argument<string> Snapshot = new("SNAPSHOT");

    private static readonly Option<string?> Library = new("--dac");

    private static readonly Option<bool> NoValues = new("--no-values");

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        var command = new Command(Name, "Read a core dump into a heap snapshot.") { Dump, Snapshot, Library, NoValues };
        command.Hidden = true;
        command.SetAction(parsed => Execute(parsed.GetRequiredValue(Dump), parsed.GetRequiredValue(Snapshot), new DumpOptions { Library = parsed.GetValue(Library), WithValues = !parsed.GetValue(NoValues) }));
        return command;
    }

    private static int Execute(string dump, string file, DumpOptions options)
    {
        try
        {
            using var snapshot = DumpHeapSource.Read(dump, options, new HeapProgress(), CancellationToken.None);
            using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
            SnapshotFile.Write(stream, snapshot);
            return ExitCode.Ok;
        }
        catch (Exception error) when (error is HeapSnapshotException or IOException or UnauthorizedAccessException)
        {
            // The parent words it.
            Console.Error.Write(error.Message);
            return ExitCode.TracingError;
        }
    }
}
