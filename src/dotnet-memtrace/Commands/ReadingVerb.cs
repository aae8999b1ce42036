using System.CommandLine;
using System.Diagnostics;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.Tool.Commands;

/// <summary>
/// What the hidden verbs have in common that only the tool itself calls (<see cref="ReadingChild"/>): they read memory with the runtime's own library, and write the
/// heap as a snapshot. In a process of its own, because a faulty library or damaged memory can end it.
/// </summary>
internal static class ReadingVerb
{
    private static readonly Argument<string> Snapshot = new("SNAPSHOT");

    private static readonly Option<string?> Library = new("--dac");

    private static readonly Option<bool> NoValues = new("--no-values");

    /// <summary>One of them.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="source">What it reads.</param>
    /// <param name="read">Reads it.</param>
    public static Command Create(string name, string description, Argument source, Func<ParseResult, DumpOptions, HeapSnapshot> read)
    {
        var command = new Command(name, description) { source, Snapshot, Library, NoValues };
        command.Hidden = true;
        command.SetAction(parsed => Execute(
            parsed.GetRequiredValue(Snapshot),
            () => read(parsed, new DumpOptions { Library = parsed.GetValue(Library), WithValues = !parsed.GetValue(NoValues) })));
        return command;
    }

    private static int Execute(string file, Func<HeapSnapshot> read)
    {
        EndWithParent();
        try
        {
            using var snapshot = read();
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

    // The parent holds the other end of the input. When that ends, however it does, nothing waits for the snapshot, and a process must not stay stopped for it.
    private static void EndWithParent() => new Thread(() =>
    {
        Console.OpenStandardInput().ReadByte();
        Process.GetCurrentProcess().Kill();
    })
    {
        IsBackground = true,
    }.Start();
}
