using System.CommandLine;
using System.Globalization;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources.Copies;

namespace Memtrace.Tool.Commands.Heap;

/// <summary><c>dotnet-memtrace read-copy</c>: stops a process, copies its memory, lets it go on, and reads the copy into a snapshot (<see cref="ReadingVerb"/>).</summary>
internal static class ReadCopyCommand
{
    /// <summary>Its name.</summary>
    public const string Name = "read-copy";

    private static readonly Argument<int> Process = new("PID");

    private static readonly Option<string?> Spill = new("--spill");

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        var command = ReadingVerb.Create(Name, "Copy the memory of a process into a heap snapshot.", Process, (parsed, options) =>
            new CopyHeapSource(parsed.GetRequiredValue(Process), new CopyOptions { Reading = options, Folder = parsed.GetValue(Spill) }, new HeapProgress()).Take(CancellationToken.None));
        command.Add(Spill);
        return command;
    }

    /// <summary>Runs it in a child process (a <see cref="CopyReader"/>).</summary>
    /// <param name="processId">The process to copy.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Ends the child.</param>
    public static HeapSnapshot Read(int processId, CopyOptions options, CancellationToken cancellation) =>
        new ReadingChild(Name, processId.ToString(CultureInfo.InvariantCulture), options.Reading)
        {
            MoreOptions = options.Folder is { } folder ? ["--spill", Path.GetFullPath(folder)] : [],
        }.Read(cancellation);
}
