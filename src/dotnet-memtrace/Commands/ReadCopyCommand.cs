using System.CommandLine;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.HeapSnapshots.Sources.Copies;
using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.Tool.Commands;

/// <summary>
/// <c>dotnet-memtrace read-copy</c>, which only the tool itself calls (<see cref="ReadingChild"/>): stops a process, copies its memory, lets it go on, and writes the
/// heap in the copy as a snapshot. In a process of its own, because a faulty library of a runtime can end it.
/// </summary>
internal static class ReadCopyCommand
{
    /// <summary>Its name.</summary>
    public const string Name = "read-copy";

    private static readonly Argument<int> Process = new("PID");

    private static readonly Argument<string> Snapshot = new("SNAPSHOT");

    private static readonly Option<string?> Library = new("--dac");

    private static readonly Option<bool> NoValues = new("--no-values");

    private static readonly Option<string?> Spill = new("--spill");

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        var command = new Command(Name, "Copy the memory of a process into a heap snapshot.") { Process, Snapshot, Library, NoValues, Spill };
        command.Hidden = true;
        command.SetAction(parsed => Execute(parsed.GetRequiredValue(Process), parsed.GetRequiredValue(Snapshot), new CopyOptions
        {
            Reading = new DumpOptions { Library = parsed.GetValue(Library), WithValues = !parsed.GetValue(NoValues) },
            Folder = parsed.GetValue(Spill),
        }));
        return command;
    }

    private static int Execute(int process, string file, CopyOptions options)
    {
        EndWithParent();
        try
        {
            using var snapshot = new CopyHeapSource(process, options, new HeapProgress()).Take(CancellationToken.None);
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

    // The parent holds the other end of the input. When that ends, however it does, nobody waits for the snapshot, and the process must not stay stopped for it.
    private static void EndWithParent() => new Thread(() =>
    {
        Console.OpenStandardInput().ReadByte();
        System.Diagnostics.Process.GetCurrentProcess().Kill();
    })
    {
        IsBackground = true,
    }.Start();
}
