using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Exporting;
using Memtrace.Exporting.Html;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.HeapSnapshots.Sources.Dumps;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Commands;

/// <summary><c>dotnet-memtrace heap</c>: what is on the heap, and what holds it.</summary>
internal static class HeapCommand
{
    private const string Summary = "Take or read a snapshot of the heap: every object, and what keeps it alive.";

    private const string Details = """
        A snapshot pauses the process: the runtime does a full blocking collection and walks its heap, which takes at least 0.15 s per million
        objects, and several times that with Server GC or on a busy machine. Therefore the command says what to expect and asks first; without a
        terminal, --yes is required. Without -p, -n or FILE, pick the process from a list (on a terminal).

        With --copy (Linux x64) the process is stopped only while its memory is copied, about 0.1 s per GB; the copy is read afterwards, and shows
        garbage and all that a core dump does. It requires root, or the process's user where ptrace is not restricted.

        FILE is a snapshot (.memsnap), a .gcdump file of dotnet-gcdump, Visual Studio, dotnet-monitor or PerfView, a core dump of Linux
        (docs/crashes.md), or a recording (.nettrace) that contains a heap walk.

        Examples:
          dotnet-memtrace heap -p 1234
          dotnet-memtrace heap -p 1234 --copy
          dotnet-memtrace heap -n MyApp --yes -o before.memsnap
          dotnet-memtrace heap -n MyApp --against before.memsnap
          dotnet-memtrace heap before.memsnap --view paths --type 'MyApp\.Order$'
          dotnet-memtrace heap app.end.memsnap --recording app.nettrace
          dotnet-memtrace heap app.gcdump --format json
          dotnet-memtrace heap core.1234
          dotnet-memtrace heap core.1234 --redact -o for-the-bug-report.memsnap

        Exit codes: 0 shown (or declined); 1 no such process, or it cannot be attached to; 2 the snapshot is incomplete, cannot be read or
        cannot be written, or the process lacks memory for it; 3 invalid arguments, or no terminal and no --yes; 4 the runtime does not support
        diagnostics.
        """;

    private static readonly Argument<string?> File = new("FILE") { Description = "A snapshot, instead of a process.", Arity = ArgumentArity.ZeroOrOne };

    private static readonly RunningProcessOptions Process = new();

    private static readonly Option<string?> DiagnosticPort = TargetOptions.CreateDiagnosticPort();

    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Take the snapshot without asking." };

    private static readonly Option<HeapView> View = OptionFactory.Choice(
        "--view",
        $"What to show. Default: summary. {string.Join("; ", HeapView.All.Select(view => $"{view.Name}: {view.Description}"))}.",
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
        Description = "Of a file: a recording of 'collect --live' that ran when the snapshot was taken. It says where objects were allocated, and how fast they grow.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "Save the snapshot in this file: .gcdump for dotnet-gcdump, PerfView and Visual Studio, .html as a page for a browser, anything else in the tool's own format.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> Force = new("--force")
    {
        Description = "Overwrite the file if it exists; take the snapshot even if the process's container is short of memory.",
        Arity = ArgumentArity.Zero,
    };

    private static readonly Option<bool> Copy = new("--copy")
    {
        Description = "Copy the memory of the process and read the copy: a shorter pause, no collection, and what a core dump shows. Linux x64; requires the right to trace the process.",
        Arity = ArgumentArity.Zero,
    };

    private static readonly Option<string?> Spill = new("--spill")
    {
        Description = "Keep the copy in a file in this folder instead of in memory. It is deleted.",
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
        Description = "Request only objects and types: takes less memory and a shorter pause, but does not show what holds the objects.",
        Arity = ArgumentArity.Zero,
    };

    private static readonly Option<int?> BufferSize = OptionFactory.Number(
        "--buffersize", "How much memory events may take up in the process, in MB, up to 4096. [default: 1024, or what the container has left]", 16, 4096);

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        var command = new DocumentedCommand("heap", Summary, Details) { File };
        Process.AddTo(command);
        foreach (var option in new Option[]
        {
            DiagnosticPort, Yes, View, Type, Filter, Sort, Top, Against, Recording, OutputOptions.Format, OutputOptions.Width, Output, Force, Copy, Spill, NoReferences, BufferSize, Library, NoValues,
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
        Content = parsed.GetValue(NoReferences) ? HeapContent.Histogram : HeapContent.Graph,
        BufferSizeMB = parsed.GetValue(BufferSize),
        Copy = parsed.GetValue(Copy),
        CopyFolder = parsed.GetValue(Spill),
        Dump = new DumpOptions { Library = parsed.GetValue(Library), WithValues = !parsed.GetValue(NoValues) && !parsed.GetValue(OutputOptions.Redact) },
        Redact = parsed.GetValue(OutputOptions.Redact),
    };

    private static string? NotOfCopies(ParseResult parsed) =>
        parsed.GetValue(File) is not null ? "FILE" : parsed.GetValue(NoReferences) ? "--no-references" : parsed.GetResult(BufferSize) is not null ? "--buffersize" : null;

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
        if (parsed.GetValue(Copy) && NotOfCopies(parsed) is { } option)
            return $"{option} cannot be combined with --copy.";
        if (!parsed.GetValue(Copy) && parsed.GetResult(Spill) is not null)
            return "--spill requires --copy.";
        if (parsed.GetValue(File) is null && !parsed.GetValue(Yes) && Console.IsInputRedirected)
            return "A snapshot pauses the process, and without a terminal the command cannot ask: confirm with --yes.";
        return OutputOptions.Conflict(parsed.GetValue(Output), [.. new[] { parsed.GetValue(File), parsed.GetValue(Against), parsed.GetValue(Recording) }.OfType<string>()]);
    }
}

/// <summary>The order of types.</summary>
internal enum HeapOrder
{
    /// <summary>The most bytes first.</summary>
    Bytes,

    /// <summary>The most objects first.</summary>
    Objects,

    /// <summary>What retains most first.</summary>
    Retained,

    /// <summary>By name.</summary>
    Name,
}

/// <summary>The options of <c>heap</c>.</summary>
internal sealed record HeapRequestOptions
{
    /// <summary>The file to read; null for a process.</summary>
    public string? File { get; init; }

    /// <summary>Whether to ask before the process is paused.</summary>
    public bool Ask { get; init; }

    /// <summary>What to show.</summary>
    public required HeapView View { get; init; }

    /// <summary>The types to show paths to, or null.</summary>
    public Regex? Type { get; init; }

    /// <summary>The types to show; null for all.</summary>
    public Regex? Filter { get; init; }

    /// <summary>The order of types.</summary>
    public HeapOrder Order { get; init; }

    /// <summary>Lines in each list, or null for what suits the view.</summary>
    public int? Top { get; init; }

    /// <summary>The snapshot to compare with, or null.</summary>
    public string? Against { get; init; }

    /// <summary>The recording that says where objects were allocated, or null.</summary>
    public string? Recording { get; init; }

    /// <summary>The format.</summary>
    public required ReportOutput Output { get; init; }

    /// <summary>Where to save the snapshot, or null.</summary>
    public string? SaveAs { get; init; }

    /// <summary>Whether to overwrite that file, and to go on where memory is short.</summary>
    public bool Force { get; init; }

    /// <summary>What to ask for.</summary>
    public HeapContent Content { get; init; }

    /// <summary>What events may take in the process, or null for the default.</summary>
    public int? BufferSizeMB { get; init; }

    /// <summary>Whether names are replaced by pseudonyms.</summary>
    public bool Redact { get; init; }

    /// <summary>Whether to copy the memory of the process.</summary>
    public bool Copy { get; init; }

    /// <summary>The folder on a disk to keep the copy in; null for memory.</summary>
    public string? CopyFolder { get; init; }

    /// <summary>How a core dump or a copy is read.</summary>
    public required DumpOptions Dump { get; init; }
}

/// <summary>One run of <c>heap</c>: takes or reads the snapshot, saves it, shows it.</summary>
/// <param name="request">The options.</param>
/// <param name="open">Opens the process.</param>
internal sealed class HeapRun(HeapRequestOptions request, Func<CancellationToken, Task<Target>> open)
{
    private SnapshotRedaction? _redaction;

    /// <summary>Runs.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExecuteAsync()
    {
        using var stop = new StopRequests(() => { });
        try
        {
            if (request.SaveAs is { } file)
                OutputFile.RequireFree(file, request.Force);
            if ((request.File is { } source ? SnapshotInput.Read(source, stop.Requested, request.Dump) : await TakeAsync(stop.Requested)) is not { } taken)
                return ExitCode.Ok;
            using var snapshot = Redacted(taken);
            Report(snapshot, stop.Requested);
            return ExitCode.Ok;
        }
        catch (CommandException error)
        {
            return Fail(error.ExitCode, error.Message);
        }
        catch (TargetException error)
        {
            return Fail(ExitCode.Of(error), error.Message);
        }
        catch (HeapSnapshotException error)
        {
            return Fail(ExitCode.TracingError, error.Message);
        }
        catch (OperationCanceledException) when (stop.Requested.IsCancellationRequested)
        {
            return Fail(ExitCode.TracingError, "Stopped. The process continues, and no session is left open in it.");
        }
    }

    /// <summary>Whether a file is to be a page for a browser.</summary>
    /// <param name="file">Its name.</param>
    internal static bool IsPage(string file) => file.EndsWith(".html", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".htm", StringComparison.OrdinalIgnoreCase);

    private static int Fail(int exitCode, string message)
    {
        Errors.Write(message);
        return exitCode;
    }

    private async Task<HeapSnapshot?> TakeAsync(CancellationToken cancellation)
    {
        await using var target = await open(cancellation);
        return await new ProcessSnapshot(target, request).TakeAsync(cancellation);
    }

    private HeapSnapshot Redacted(HeapSnapshot snapshot) => request.Redact ? (_redaction = new SnapshotRedaction(snapshot)).Snapshot : snapshot;

    // What only writes the snapshot down comes before the analysis, which may take more memory than there is.
    private void Report(HeapSnapshot snapshot, CancellationToken cancellation)
    {
        var isPage = request.SaveAs is { } file && IsPage(file);
        if (!isPage)
            Save(stream => WriteSnapshot(stream, snapshot));
        using var analysis = new HeapAnalysis(snapshot);
        var profile = Describe(snapshot, analysis);
        if (_redaction is { } redaction && profile.File is { } named)
            profile = profile with { File = redaction.Path(named) };
        if (isPage)
            Save(stream => HtmlReport.Write(stream, profile with { File = null }));
        if (request.Against is { } before)
            new HeapComparisonOutput(request.Output, HeapDiffView.Of(request.View.Name)!, request.Top)
                .Write(HeapComparer.Compare(Selected(SnapshotInput.Describe(before, cancellation)), Selected(profile)));
        else
            Show(Selected(profile), Paths(analysis));
    }

    private HeapProfile Describe(HeapSnapshot snapshot, HeapAnalysis analysis)
    {
        var file = request.SaveAs ?? request.File;
        if (request.Recording is not { } recording)
            return analysis.Describe(file);
        try
        {
            return analysis.Describe(file, JoinedInput.Read(recording, new AnalysisOptions(), snapshot));
        }
        catch (RecordingException error)
        {
            throw new CommandException(ExitCode.TracingError, error.Message);
        }
    }

    private void Save(Action<Stream> write)
    {
        if (request.SaveAs is not { } file)
            return;
        try
        {
            var bytes = OutputFile.Write(file, request.Force, write);
            Console.Error.WriteLine($"Saved {TerminalText.Clean(file)} ({ByteSize.Format(bytes)}).");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.TracingError, $"cannot write {file}: {error.Message}");
        }
    }

    private void WriteSnapshot(Stream stream, HeapSnapshot snapshot)
    {
        if (request.SaveAs!.EndsWith(GcDumpFile.Extension, StringComparison.OrdinalIgnoreCase))
            GcDumpFile.Write(stream, snapshot);
        else
            SnapshotFile.Write(stream, snapshot);
    }

    private ImmutableArray<HeapPath>? Paths(HeapAnalysis analysis) => request.Type is { } pattern ? analysis.FindPaths(type => IsMatch(pattern, type)) : null;

    private bool IsMatch(Regex pattern, string type) => _redaction?.IsMatch(pattern, type) ?? pattern.IsMatch(type);

    /// <summary>What the user wants to see of it, in the order that was asked for.</summary>
    private HeapProfile Selected(HeapProfile profile)
    {
        var types = request.Filter is { } filter ? profile.Types.Where(type => IsMatch(filter, type.Type)) : profile.Types;
        return profile with { Types = [.. Ordered(types)] };
    }

    private IEnumerable<HeapTypeSummary> Ordered(IEnumerable<HeapTypeSummary> types) => request.Order switch
    {
        HeapOrder.Objects => types.OrderByDescending(type => type.Objects),
        HeapOrder.Retained => types.OrderByDescending(type => type.RetainedBytes),
        HeapOrder.Name => types.OrderBy(type => type.Type, StringComparer.Ordinal),
        _ => types,
    };

    private void Show(HeapProfile profile, ImmutableArray<HeapPath>? paths) => request.Output.Write(
        console => HeapRenderer.Write(profile, console, Options(paths)),
        stream => JsonHeap.Write(stream, profile, paths),
        writer => CsvReport.Write(writer, request.View.Table(profile, Options(paths)).First(request.Top)));

    private HeapOptions Options(ImmutableArray<HeapPath>? paths) => new() { View = request.View, Top = request.Top, Paths = paths ?? [] };
}
