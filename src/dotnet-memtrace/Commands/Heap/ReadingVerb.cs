using System.CommandLine;
using System.Diagnostics;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.HeapSnapshots.Sources.Dumps;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands.Heap;

/// <summary>
/// What the hidden verbs have in common, which only the tool itself calls (<see cref="ReadingChild"/>): they read memory with the runtime's own library and
/// write the heap to standard output (<see cref="SnapshotTransfer"/>), in a separate process, because a faulty library or damaged memory can crash it.
/// </summary>
internal static class ReadingVerb
{
    /// <summary>The name of the option for <see cref="DumpOptions.IsCautious"/>.</summary>
    public const string CautiousName = "--cautious";

    private static readonly Option<string?> Library = new("--dac");

    private static readonly Option<bool> NoValues = new("--no-values");

    private static readonly Option<bool> NoReferences = new("--no-references");

    private static readonly Option<bool> Cautious = new(CautiousName);

    /// <summary>One of them.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="source">What it reads.</param>
    /// <param name="read">Reads it.</param>
    public static Command Create(string name, string description, Argument source, Func<ParseResult, DumpOptions, HeapSnapshot> read)
    {
        var command = new Command(name, description) { source, Library, NoValues, NoReferences, Cautious };
        command.Hidden = true;
        command.SetAction(parsed => Execute(() => read(parsed, OptionsOf(parsed))));
        return command;
    }

    private static DumpOptions OptionsOf(ParseResult parsed) => new()
    {
        Library = parsed.GetValue(Library),
        WithValues = !parsed.GetValue(NoValues),
        IsCautious = parsed.GetValue(Cautious),
        Content = parsed.GetValue(NoReferences) ? HeapContent.Histogram : HeapContent.Graph,
    };

    private static int Execute(Func<HeapSnapshot> read)
    {
        EndWithParent();
        try
        {
            using var snapshot = read();
            using var output = Console.OpenStandardOutput();
            SnapshotTransfer.Write(output, snapshot);
            return ExitCode.Ok;
        }
        catch (Exception error) when (error is HeapSnapshotException or IOException or UnauthorizedAccessException)
        {
            // The parent reports it.
            Console.Error.Write(FailureText.Of(error));
            return ExitCode.TracingError;
        }
    }

    // The parent holds the other end of the input. When that end closes, for whatever reason, nothing waits for the snapshot any more, and no process may stay
    // stopped for it.
    private static void EndWithParent() => new Thread(() =>
    {
        Console.OpenStandardInput().ReadByte();
        Process.GetCurrentProcess().Kill();
    })
    {
        IsBackground = true,
    }.Start();
}
