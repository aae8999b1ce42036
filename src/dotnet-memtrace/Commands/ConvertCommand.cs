using System.CommandLine;
using Memtrace.Analysis.Comparison;
using Memtrace.Analysis.Redaction;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.HeapSnapshots;
using Memtrace.Profiles;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Commands.Heap;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Commands;

/// <summary><c>dotnet-memtrace convert</c>: converts a recording to the format of another tool.</summary>
internal static class ConvertCommand
{
    private const string Summary = "Convert a recording or a heap snapshot to a format that another tool reads.";

    private static readonly string Details = $"""
        Formats:
        {string.Join('\n', ConvertFormat.All.Select(format => $"  {format.Name,-11} {"x" + format.Extension,-18} {format.Description}"))}

        The file is named after the recording and written next to it: x.nettrace becomes x.pb.gz. Live objects (at the end, at the peak)
        require a recording of 'collect --live'. html and json also read the heap snapshot beside a recording, or --heap FILE, and say what holds
        the objects that accumulate. A heap snapshot by itself (.memsnap, .gcdump) becomes html, json or gcdump. More in docs/convert.md.

        Exit codes: 0 converted; 2 a recording cannot be read or has no data for --value, or the file cannot be
        written; 3 invalid arguments.

        Examples:
          dotnet-memtrace convert app.nettrace --format pprof && go tool pprof -http=: app.pb.gz
          dotnet-memtrace convert app.nettrace --format speedscope --from 1m
          dotnet-memtrace convert app.nettrace --format collapsed --value live -o - | flamegraph.pl --countname=bytes > live.svg
          dotnet-memtrace convert app.nettrace --format html
          dotnet-memtrace convert after.nettrace --against before.nettrace --format html
          dotnet-memtrace convert app.memsnap --format html
          dotnet-memtrace convert app.nettrace --format chromium -o timeline.json
          dotnet-memtrace convert app.nettrace --format json --redact -o for-the-bug-report.json
        """;

    private static readonly Argument<string> Recording = new("RECORDING") { Description = "The recording: any file that 'report' reads, such as .nettrace or .etlx. Or a heap snapshot: .memsnap or .gcdump." };

    private static readonly Option<ConvertFormat> Format = OptionFactory.Choice(
        "--format", $"The format: {string.Join(", ", ConvertFormat.All.Select(format => format.Name))}.", ConvertFormat.All, format => format.Name);

    private static readonly Option<string?> Against = new("--against")
    {
        Description = "Only html: show the changes since this earlier recording.",
        HelpName = "RECORDING",
    };

    private static readonly Option<CallTreeValue> Value = OptionFactory.Choice<CallTreeValue>(
        "--value", "Only collapsed and csv: allocations (allocated, default), objects live at the end (live), or objects live at their peak (peak).");

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "The file to write; - is standard output (not for pprof on a terminal: it is binary). Default: named after the recording, next to it.",
        HelpName = "FILE",
    };

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        Format.Required = true;
        Format.Aliases.Add("-f");
        Recording.Validators.Add(OutputOptions.RequireFiles);
        var command = new DocumentedCommand("convert", Summary, Details)
        {
            Recording, Format, Against, Value, SelectionOptions.Type, SelectionOptions.Filter, SelectionOptions.From, SelectionOptions.To,
            SelectionOptions.Process, SelectionOptions.MyCode, SelectionOptions.Heap, OutputOptions.Redact, Output, OutputOptions.Force,
        };
        command.SetAction(parsed => Conflict(parsed) is { } conflict
            ? CommandLine.Reject(parsed.CommandResult, conflict)
            : new ConvertRun(Request(parsed)).Execute());
        return command;
    }

    private static ConvertRequest Request(ParseResult parsed)
    {
        var (recording, format, against) = (parsed.GetRequiredValue(Recording), parsed.GetRequiredValue(Format), parsed.GetValue(Against));
        var selection = SelectionOptions.Of(parsed);
        var output = parsed.GetValue(Output) ?? DefaultOutput(recording, format);
        return new ConvertRequest
        {
            Recording = recording,
            Against = against,
            Format = format,

            // A comparison does not show what holds objects.
            Selection = format.ShowsHolders && against is null ? selection with { Source = SelectionOptions.SourceWithHolders(parsed) } : selection,
            Value = parsed.GetValue(Value),
            Redact = parsed.GetValue(OutputOptions.Redact),
            PartOption = Selecting.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name,
            Output = output == StandardOutput.Name ? null : output,
            Overwrite = parsed.GetValue(OutputOptions.Force),
        };
    }

    private static string DefaultOutput(string recording, ConvertFormat format)
    {
        string[] extensions = [".nettrace", ".memsnap", ".netperf", ".etlx", ".etl", ".etl.zip"];
        var extension = Array.Find(extensions, extension => recording.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) ?? "";
        return recording[..^extension.Length] + format.Extension;
    }

    /// <summary>Why the options cannot be combined, or null.</summary>
    private static string? Conflict(ParseResult parsed)
    {
        var (format, against) = (parsed.GetRequiredValue(Format), parsed.GetValue(Against));
        if (parsed.GetResult(Value) is not null && !format.IsOfOneValue)
            return OnlyWith("--value", item => item.IsOfOneValue);
        if (against is not null && format.WriteComparison is null)
            return OnlyWith("--against", item => item.WriteComparison is not null);
        if (parsed.GetResult(SelectionOptions.Heap) is not null && !format.ShowsHolders)
            return OnlyWith("--heap", item => item.ShowsHolders);
        if (parsed.GetResult(SelectionOptions.Heap) is not null && against is not null)
            return "--heap cannot be combined with --against.";
        if (format.IsBinary && parsed.GetValue(Output) == StandardOutput.Name && !Console.IsOutputRedirected)
            return $"{format.Name} is binary and is not written to a terminal. Specify a file with --output, or redirect standard output.";
        var inputs = new[] { parsed.GetRequiredValue(Recording), against, parsed.GetValue(SelectionOptions.Heap) }.OfType<string>();
        return SelectionOptions.Conflict(parsed) ?? OutputOptions.Conflict(parsed.GetValue(Output), inputs);
    }

    private static Option[] Selecting =>
        [SelectionOptions.Type, SelectionOptions.Filter, SelectionOptions.From, SelectionOptions.To, SelectionOptions.Process, SelectionOptions.Heap, OutputOptions.Redact];

    private static string OnlyWith(string option, Func<ConvertFormat, bool> goesWith) =>
        $"{option} requires --format {string.Join(" or ", ConvertFormat.All.Where(goesWith).Select(format => format.Name))}.";
}

/// <summary>The arguments of <c>convert</c>.</summary>
internal sealed record ConvertRequest
{
    /// <summary>The recording.</summary>
    public required string Recording { get; init; }

    /// <summary>The recording to compare it with, or null.</summary>
    public string? Against { get; init; }

    /// <summary>The format.</summary>
    public required ConvertFormat Format { get; init; }

    /// <summary>Which part of the recording.</summary>
    public required Selection Selection { get; init; }

    /// <summary>The first option of those that a heap snapshot, which is converted as a whole, cannot follow; null for none.</summary>
    public string? PartOption { get; init; }

    /// <summary>What the amounts are, where the format has one kind of them.</summary>
    public required CallTreeValue Value { get; init; }

    /// <summary>The file to write; null: the standard output.</summary>
    public required string? Output { get; init; }

    /// <summary>Whether to overwrite an existing file.</summary>
    public required bool Overwrite { get; init; }

    /// <summary>Whether to replace names and paths by pseudonyms.</summary>
    public required bool Redact { get; init; }
}

/// <summary>Carries out a <see cref="ConvertRequest"/>: reads the recording, or two, then writes the file.</summary>
/// <param name="request">The arguments.</param>
internal sealed class ConvertRun(ConvertRequest request)
{
    // The filter would reveal a name.
    private ConvertOptions Options => new(request.Value, request.Redact ? null : request.Selection.Filter);

    /// <summary>Reads and writes.</summary>
    /// <returns>The exit code.</returns>
    public int Execute()
    {
        if (request.Output is { } file)
            OutputFile.RequireFree(file, request.Overwrite);
        if (request.Format.Write is null || SnapshotInput.IsOne(request.Recording))
            WriteSnapshot();
        else
            Write(request.Against is null ? Profile() : Comparison(request.Against));
        return ExitCode.Ok;
    }

    /// <summary>Reads the recording.</summary>
    /// <returns>Writes it in the format.</returns>
    private Action<Stream> Profile()
    {
        var (all, selected) = (request.Selection with { NeedsSurvival = request.Value != CallTreeValue.Allocated }).Read(request.Recording);
        if (request.Selection.IsPart && IsEmpty(all))
            Errors.Warn($"{request.Recording}: no data in this time window.");
        var profile = request.Redact ? new Redactor(all).Apply(selected) : selected;
        return stream => request.Format.Write!(stream, profile, Options);
    }

    private void WriteSnapshot()
    {
        if (request.PartOption is { } option)
            throw new CommandException(ExitCode.ArgumentError, $"{request.Recording} is a heap snapshot, which is always converted as a whole: {option} requires a recording.");
        if (request.Against is { } against)
        {
            Write(HeapComparison(against));
            return;
        }

        if (request.Format.WriteSnapshot is not { } write)
            throw new CommandException(ExitCode.ArgumentError, $"{request.Recording} is a heap snapshot, which cannot be converted to {request.Format.Name}. Use one of {ConvertFormat.NamesOfSnapshots}.");
        using var snapshot = SnapshotInput.Read(request.Recording, CancellationToken.None);
        Write(stream => write(stream, snapshot, request.Recording));
    }

    private Action<Stream> HeapComparison(string against)
    {
        if (!SnapshotInput.IsOne(against))
            throw new CommandException(ExitCode.ArgumentError, $"{request.Recording} is a heap snapshot, but {against} is not: compare two snapshots, or two recordings.");
        var comparison = HeapComparer.Compare(SnapshotInput.Describe(against), SnapshotInput.Describe(request.Recording));
        return stream => request.Format.WriteHeapComparison!(stream, comparison);
    }

    private bool IsEmpty(MemoryProfile profile) => request.Value switch
    {
        CallTreeValue.Live => profile.Live!.End.Stacks.IsEmpty,
        CallTreeValue.Peak => profile.Live!.Peak.Stacks.IsEmpty,
        _ => profile.Allocations.Stacks.IsEmpty,
    };

    /// <summary>Reads both recordings and compares them.</summary>
    /// <returns>Writes the changes in the format.</returns>
    private Action<Stream> Comparison(string against)
    {
        var (allBefore, before) = request.Selection.Read(against);
        var (allAfter, after) = request.Selection.Read(request.Recording);
        var comparison = ProfileComparer.Compare(before, after, new ComparisonOptions { Tree = true });
        if (request.Redact)
            comparison = new Redactor(allBefore, allAfter).Apply(comparison);
        return stream => request.Format.WriteComparison!(stream, comparison, Options);
    }

    private void Write(Action<Stream> write)
    {
        if (request.Output is { } file)
            ReportWritten(file, OutputFile.Try(file, () => OutputFile.Write(file, request.Overwrite, write)));
        else
            WriteToStandardOutput(write);
    }

    private static void WriteToStandardOutput(Action<Stream> write)
    {
        using var stream = new BufferedStream(Console.OpenStandardOutput());
        write(stream);
    }

    private void ReportWritten(string file, long bytes)
    {
        var name = TerminalText.Clean(file);
        Console.Out.WriteLine($"Wrote {name} ({ByteSize.Format(bytes)}). {request.Format.Opening.Replace("FILE", name, StringComparison.Ordinal)}");
    }
}
