using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources.Dumps;
using Memtrace.Processes;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands.Heap;

/// <summary><c>dotnet-memtrace heap</c>: what is on the heap, and what holds it.</summary>
internal static class HeapCommand
{
    private const string Summary = "Take or read a snapshot of the heap: every object, and what keeps it alive.";

    private const string Details = """
        A snapshot pauses the process. Therefore the command says how long the pause may be and asks first; without a terminal, --yes is
        required. Without -p, -n or FILE, pick the process from a list (on a terminal).

        On Linux x64, the process is paused only while its memory is copied, about 0.15 s per GB; the copy is read afterwards, and shows garbage
        and all that a core dump does. This requires root, or the process's user where ptrace is not restricted; the runtime's own
        libmscordaccore.so; and memory for the copy. If something is missing, or copying more than a GB could pause it for longer, the command says so,
        and takes the snapshot from events: the runtime does a full blocking collection and walks its heap, at least 0.15 s per million
        objects, and several times that with Server GC or on a busy machine. --events always uses events, --copy always a copy.

        FILE is a snapshot (.memsnap), a .gcdump file of dotnet-gcdump, Visual Studio, dotnet-monitor or PerfView, a core dump of Linux
        (docs/crashes.md), or a recording (.nettrace) that contains a heap walk.

        Examples:
          dotnet-memtrace heap -p 1234
          dotnet-memtrace heap -p 1234 --events
          dotnet-memtrace heap -n MyApp --yes -o before.memsnap
          dotnet-memtrace heap -n MyApp --against before.memsnap
          dotnet-memtrace heap before.memsnap --view paths --type 'MyApp\.Order$'
          dotnet-memtrace heap app.end.memsnap --recording app.nettrace
          dotnet-memtrace heap app.gcdump --format json
          dotnet-memtrace heap core.1234
          dotnet-memtrace heap core.1234 --no-references
          dotnet-memtrace heap core.1234 --redact -o for-the-bug-report.memsnap

        Exit codes: 0 shown; 1 no such process, or it cannot be attached to; 2 the snapshot is incomplete, cannot be read or
        cannot be written, or the process lacks memory for it; 3 invalid arguments, or no terminal and no --yes; 4 the runtime does not support
        diagnostics; 130 cancelled.
        """;

    private static readonly Argument<string?> File = new("FILE") { Description = "A snapshot, instead of a process.", Arity = ArgumentArity.ZeroOrOne };

    private static readonly RunningProcessOptions Process = new();

    private static readonly Option<string?> DiagnosticPort = TargetOptions.CreateDiagnosticPort();

    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Take the snapshot without asking." };

    private static readonly Option<HeapView> View = OptionFactory.Choice(
        "--view",
        Rendering.View.Help(HeapView.All),
        HeapView.All,
        view => view.Name);

    private static readonly Option<Regex?> Type = OptionFactory.Pattern("--type", "With --view paths: the types of the objects; start with (?i) to ignore case.");

    private static readonly Option<Regex?> Filter = OptionFactory.Pattern("--filter", "Show only types whose name matches; start with (?i) to ignore case.");

    private static readonly Option<HeapOrder> Sort = OptionFactory.Choice<HeapOrder>("--sort", "Order of types: bytes (default), objects, retained or name.");

    private static readonly Option<int?> Top = OptionFactory.Number("--top", "Number of lines in each list. Default: text 10 (summary), 30 or 50 (retainers); csv all.", minimum: 1);

    private static readonly Option<string?> Against = new("--against")
    {
        Description = "Show what changed since this snapshot.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Recording = new("--recording")
    {
        Description = "With FILE: a recording of 'collect --live' that ran when the snapshot was taken. It says where objects were allocated, and how fast they grow.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "Save the snapshot to this file: .gcdump for dotnet-gcdump, PerfView and Visual Studio (implies --events), .html as a page for a browser, anything else in the tool's own format.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> Force = new("--force")
    {
        Description = "Overwrite the file if it exists; take the snapshot even if the process's container is short of memory.",
        Arity = ArgumentArity.Zero,
    };

    private static readonly Option<bool> Copy = new("--copy")
    {
        Description = "Copy the memory of the process, and fail if that is not possible; by default, the snapshot is then taken with --events. Linux x64.",
        Arity = ArgumentArity.Zero,
    };

    private static readonly Option<bool> Events = new("--events")
    {
        Description = "Have the runtime collect and walk its heap: a longer pause, but only live objects, and the snapshot fits a recording of the same time.",
        Arity = ArgumentArity.Zero,
    };

    private static readonly Option<string?> Spill = new("--spill")
    {
        Description = "Keep the copy in a file in this folder instead of in memory. The file is deleted afterwards.",
        HelpName = "DIR",
    };

    private static readonly Option<string?> Library = new("--dac")
    {
        Description = "Core dumps and copies only: the libmscordaccore.so of the runtime, or its folder. Default: searched for on this machine.",
        HelpName = "PATH",
    };

    private static readonly Option<bool> NoValues = new("--no-values")
    {
        Description = "Core dumps and copies only: leave out the contents of strings and arrays, and exception messages.",
        Arity = ArgumentArity.Zero,
    };

    private static readonly Option<bool> NoReferences = new("--no-references")
    {
        Description = "Processes and core dumps only: count objects by type, but do not find what holds them. Faster, and takes less memory. For a process, implies --events unless --copy is specified.",
        Arity = ArgumentArity.Zero,
    };

    private static readonly Option<int?> BufferSize = OptionFactory.Number(
        "--buffersize", "Implies --events. How much memory events may take up in the process, in MB, up to 4096. [default: 1024, or what the container has left]", 16, HeapRequest.MostBufferSizeMB);

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        var command = new DocumentedCommand("heap", Summary, $"{Rendering.View.List(HeapView.All)}\n\n{Details}") { File };
        Process.AddTo(command);
        foreach (var option in new Option[]
        {
            DiagnosticPort, Yes, View, Type, Filter, Sort, Top, Against, Recording, OutputOptions.Format, OutputOptions.Width, Output, Force, Copy, Events, Spill, NoReferences, BufferSize, Library, NoValues,
            OutputOptions.Redact,
        })
            command.Add(option);
        command.Validators.Add(RequireOneSource);
        command.SetAction((parsed, _) => Conflict(parsed) is { } conflict
            ? Task.FromResult(CommandLine.Reject(parsed.CommandResult, conflict))
            : new HeapRun(Request(parsed), cancellation => OpenAsync(parsed, cancellation)).ExecuteAsync());
        return command;
    }

    private static void RequireOneSource(CommandResult result)
    {
        if (result.GetResult(File)?.Tokens is [{ Value: [>= '1' and <= '9', ..] number }] && number.All(char.IsAsciiDigit) && !System.IO.File.Exists(number))
        {
            result.AddError(CommandLine.Unrecognized(number, result));
            return;
        }

        var ways = Process.Count(result) + (result.GetResult(DiagnosticPort) is null ? 0 : 1) + (result.GetResult(File) is { Tokens.Count: > 0 } ? 1 : 0);
        if (ways > 1 || (ways == 0 && !ProcessPicker.IsPossible))
            result.AddError("Specify exactly one process or file: -p PID, -n NAME, --diagnostic-port PATH, or FILE. 'dotnet-memtrace ps' lists the processes.");
    }

    private static async Task<Target> OpenAsync(ParseResult parsed, CancellationToken cancellation) => parsed.GetValue(DiagnosticPort) is { } port
        ? await Target.ConnectAsync(port, TargetOptions.AnswerTimeout, cancellation)
        : await Target.AttachAsync(await Process.FindAsync(parsed, cancellation), TargetOptions.AnswerTimeout, cancellation);

    private static HeapRequestOptions Request(ParseResult parsed) => new()
    {
        File = parsed.GetValue(File),
        Ask = !parsed.GetValue(Yes),
        View = parsed.GetValue(View) ?? HeapView.Summary,
        Type = parsed.GetValue(Type),
        Filter = parsed.GetValue(Filter),
        Order = parsed.GetValue(Sort),
        Top = parsed.GetValue(Top),
        Against = parsed.GetValue(Against),
        Recording = parsed.GetValue(Recording),
        Output = new ReportOutput(parsed.GetValue(OutputOptions.Format), File: null, Overwrite: false, parsed.GetValue(OutputOptions.Width)),
        SaveAs = parsed.GetValue(Output),
        Force = parsed.GetValue(Force),
        BufferSizeMB = parsed.GetValue(BufferSize),
        Way = WayOf(parsed),
        CopyFolder = parsed.GetValue(Spill),
        Dump = new DumpOptions
        {
            Library = parsed.GetValue(Library),
            WithValues = !parsed.GetValue(NoValues) && !parsed.GetValue(OutputOptions.Redact),
            Content = parsed.GetValue(NoReferences) ? HeapContent.Histogram : HeapContent.Graph,
        },
        Redact = parsed.GetValue(OutputOptions.Redact),
    };

    // A .gcdump file has no place for the difference between live objects and garbage.
    private static SnapshotWay WayOf(ParseResult parsed)
    {
        if (parsed.GetValue(Copy))
            return SnapshotWay.Copy;
        return OfEvents(parsed) is not null || parsed.GetValue(NoReferences) || parsed.GetValue(Output) is { } file && HeapRun.IsGcDump(file) ? SnapshotWay.Events : SnapshotWay.Automatic;
    }

    /// <summary>The option that requires events, or null.</summary>
    private static string? OfEvents(ParseResult parsed) =>
        parsed.GetValue(Events) ? "--events" : parsed.GetResult(BufferSize) is not null ? "--buffersize" : null;

    /// <summary>The option that is about a copy, or null.</summary>
    private static string? OfCopies(ParseResult parsed) => parsed.GetValue(Copy) ? "--copy" : parsed.GetResult(Spill) is not null ? "--spill" : null;

    /// <summary>Which options contradict each other, or null.</summary>
    private static string? Conflict(ParseResult parsed)
    {
        var view = parsed.GetValue(View) ?? HeapView.Summary;
        if (view == HeapView.Paths != parsed.GetResult(Type) is not null)
            return "--view paths requires --type, and --type requires --view paths.";
        if (HeapDiffView.Of(view.Name) is null && parsed.GetResult(Against) is not null)
            return $"--view {view.Name} cannot be combined with --against.";
        if (parsed.GetValue(OutputOptions.Format) == ReportFormat.Json && parsed.GetResult(View) is not null && view != HeapView.Paths)
            return "--view cannot be combined with --format json, which contains all views.";
        if (parsed.GetResult(Recording) is not null && (parsed.GetValue(File) is null || parsed.GetResult(Against) is not null))
            return "--recording requires a snapshot FILE, and cannot be combined with --against.";
        if (parsed.GetResult(Recording) is not null && parsed.GetValue(OutputOptions.Redact))
            return "--redact cannot be combined with --recording.";
        if (parsed.GetResult(Against) is not null && parsed.GetValue(OutputOptions.Redact))
            return "--redact cannot be combined with --against: the pseudonyms of two snapshots are not the same.";
        if (parsed.GetResult(Against) is not null && parsed.GetValue(Output) is { } page && HeapRun.IsPage(page))
            return "--against cannot be combined with --output FILE.html. For a page of the changes, save both snapshots and use 'diff BEFORE AFTER --format html'.";
        if (OfCopies(parsed) is { } copy && OfEvents(parsed) is { } events)
            return $"{events} cannot be combined with {copy}.";
        if (parsed.GetValue(File) is not null && (OfCopies(parsed) ?? OfEvents(parsed)) is { } way)
            return $"{way} is for running processes, and cannot be combined with FILE.";
        if (parsed.GetValue(Spill) is { } folder && !Directory.Exists(folder))
            return $"--spill requires a folder that exists: there is none called {folder}.";
        if (parsed.GetResult(Spill) is not null && WayOf(parsed) == SnapshotWay.Events)
            return "--spill is for a copy, but these options take the snapshot from events: add --copy.";
        if (parsed.GetValue(NoReferences) && parsed.GetResult(View) is not null && !view.IsOfHistogram)
            return $"--view {view.Name} cannot be combined with --no-references, which only counts objects.";
        if (parsed.GetValue(NoReferences) && parsed.GetValue(File) is { } file && SnapshotInput.IsOne(file) && !SnapshotInput.IsDump(file))
            return "--no-references is for core dumps and processes: a snapshot has been taken already.";
        if (parsed.GetValue(File) is null && !parsed.GetValue(Yes) && Console.IsInputRedirected)
        {
            Process.RequireRunning(parsed);
            return "A snapshot pauses the process, and without a terminal the command cannot ask: confirm with --yes.";
        }

        return OutputOptions.Conflict(parsed.GetValue(Output), [.. new[] { parsed.GetValue(File), parsed.GetValue(Against), parsed.GetValue(Recording) }.OfType<string>()]);
    }
}
