using System.Collections.Immutable;
using System.CommandLine;
using Memtrace.Analysis.Redaction;
using Memtrace.Exporting;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Rendering;
using Spectre.Console;

namespace Memtrace.Tool.Commands;

/// <summary><c>dotnet-memtrace report</c>: shows recordings.</summary>
internal static class ReportCommand
{
    private const string Description = "Show what recordings contain: memory at the end and at its peak, growth and live objects, collections, allocations by type and call site.";

    private const string Details = """
        A recording is a file written by 'dotnet-memtrace collect' or any other .nettrace file with GC events, such as those of
        'dotnet-trace collect --profile gc-verbose'. A truncated file is read up to its end. Also read: .etlx
        and .netperf, on Windows PerfView's .etl and .etl.zip. These may require disk space for a temporary copy.

        The views live, peak, growth and lifetimes require a recording of 'collect --live'.

        Sampled amounts are estimates: the error is half the width of their 95% interval.

        Exit codes: 0 shown; 2 a recording cannot be read or has no data for the view, or
        the report cannot be written; 3 invalid arguments. If nothing matches a filter, a warning is printed.

        Examples:
          dotnet-memtrace report app.nettrace
          dotnet-memtrace report app.nettrace --view sites --top 50
          dotnet-memtrace report app.nettrace --view tree --filter '(?i)cache'
          dotnet-memtrace report app.nettrace --view growth
          dotnet-memtrace report app.nettrace --view tree --value peak --invert
          dotnet-memtrace report app.nettrace --from 30s --to 1m30s
          dotnet-memtrace report app.nettrace --format json -o app.json
        """;

    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "The recordings. Several are reported one after the other; as JSON they are an array, as CSV one table.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<ReportView> View = OptionFactory.Choice(
        "--view",
        Rendering.View.Help(ReportView.All),
        ReportView.All,
        view => view.Name);

    private static readonly Option<int?> Top = OptionFactory.Number(
        "--top", $"Lines in each list. Default: text {ReportView.Summary.Top} (summary), {ReportView.Types.Top} or {ReportView.Tree.Top} (tree); json and csv all.", minimum: 1);

    private static readonly Option<AllocationOrder> Sort = OptionFactory.Choice<AllocationOrder>(
        "--sort", "Order of types and call sites: bytes (default), objects, samples or name.");

    private static readonly Option<CallTreeValue> Value = OptionFactory.Choice<CallTreeValue>(
        "--value", "Tree: allocations (allocated, default), objects live at the end (live), or objects live at their peak (peak).");

    private static readonly Option<bool> AllFrames = new("--all-frames")
    {
        Description = "Tree: one line per frame; otherwise runs of framework code share a line.",
        Arity = ArgumentArity.Zero,
    };

    private static readonly Option<bool> Inverted = new("--inverted", "--invert")
    {
        Description = "Tree: from the methods that allocate to their callers.",
        Arity = ArgumentArity.Zero,
    };

    private static readonly Option<double?> MinPercent = OptionFactory.Percentage(
        "--min-percent", "Tree: leave out branches below this percentage of the total. Default: text 1, csv 0.");

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        Files.Validators.Add(OutputOptions.RequireFiles);
        var command = new DocumentedCommand("report", Description, $"{Rendering.View.List(ReportView.All)}\n\n{Details}")
        {
            Files, View, OutputOptions.Format, Top, Sort, SelectionOptions.Type, SelectionOptions.Filter, SelectionOptions.From, SelectionOptions.To,
            SelectionOptions.Process, SelectionOptions.MyCode, SelectionOptions.Heap, Value, Inverted, AllFrames, MinPercent, OutputOptions.Redact, OutputOptions.Width, OutputOptions.NoPager, OutputOptions.Output, OutputOptions.Force,
        };
        command.SetAction(parsed => Conflict(parsed) is { } conflict
            ? CommandLine.Reject(parsed.CommandResult, conflict)
            : new ReportRun(Request(parsed)).Execute());
        return command;
    }

    private static ReportRequest Request(ParseResult parsed)
    {
        var output = OutputOptions.Of(parsed);
        return new ReportRequest
        {
            Files = [.. parsed.GetRequiredValue(Files)],
            Selection = SelectionOptions.Of(parsed) with { Source = SelectionOptions.SourceWithHolders(parsed) },
            Redact = parsed.GetValue(OutputOptions.Redact),
            Output = output,
            Options = new ReportOptions
            {
                View = parsed.GetValue(View) ?? ReportView.Summary,
                Top = parsed.GetValue(Top),
                Order = parsed.GetValue(Sort),
                Value = parsed.GetValue(Value),
                Direction = parsed.GetValue(Inverted) ? CallTreeDirection.Callers : CallTreeDirection.Callees,
                AllFrames = parsed.GetValue(AllFrames),
                MinimumShare = (parsed.GetValue(MinPercent) ?? (output.Format == ReportFormat.Text ? 1 : 0)) / 100,
            },
        };
    }

    /// <summary>Why the options cannot be combined, or null.</summary>
    private static string? Conflict(ParseResult parsed)
    {
        if (parsed.GetResult(SelectionOptions.Heap) is not null && parsed.GetRequiredValue(Files).Length > 1)
            return "--heap requires a single recording.";
        return SelectionOptions.Conflict(parsed) ?? OutputOptions.Conflict(parsed, View, [.. parsed.GetRequiredValue(Files), .. new[] { parsed.GetValue(SelectionOptions.Heap) }.OfType<string>()]);
    }
}

/// <summary>The arguments of <c>report</c>.</summary>
internal sealed record ReportRequest
{
    /// <summary>The recordings, one or more.</summary>
    public required ImmutableArray<string> Files { get; init; }

    /// <summary>Which part of each recording to show.</summary>
    public required Selection Selection { get; init; }

    /// <summary>Where to write, and in which format.</summary>
    public required ReportOutput Output { get; init; }

    /// <summary>What to show, and how.</summary>
    public required ReportOptions Options { get; init; }

    /// <summary>Whether to replace names and paths by pseudonyms.</summary>
    public required bool Redact { get; init; }
}

/// <summary>Carries out a <see cref="ReportRequest"/>: reads all recordings, then writes.</summary>
/// <param name="request">The arguments.</param>
internal sealed class ReportRun(ReportRequest request)
{
    private static readonly Column RecordingColumn = new("recording", "Recording", ColumnKind.Text, null);

    /// <summary>Reads and writes. Where one recording cannot be read, the others are still reported.</summary>
    /// <returns>The exit code.</returns>
    public int Execute()
    {
        request.Output.RequireFree();
        var needsSurvival = request.Options.NeedsSurvival && request.Output.Format != ReportFormat.Json;
        var selection = request.Selection with { NeedsSurvival = needsSurvival };
        List<SelectedProfile> read = [.. request.Files.Select(selection.TryRead).OfType<SelectedProfile>()];
        if (read.Count > 0)
            Write(Redacted([.. read.Select(SubjectOf)]));
        return read.Count == request.Files.Length ? ExitCode.Ok : ExitCode.TracingError;
    }

    private Subject SubjectOf(SelectedProfile profile)
    {
        var filter = request.Selection.Filter is { } applied ? new AppliedFilter(request.Redact ? "Filter" : applied.ToString(), profile.All) : null;
        return new Subject(profile.Selected, request.Options with { Filter = filter }, profile.All);
    }

    /// <summary>All recordings with the same pseudonyms, if requested. Filters match the original names.</summary>
    private List<Subject> Redacted(List<Subject> subjects)
    {
        if (!request.Redact)
            return subjects;
        var redactor = new Redactor(subjects.Select(subject => subject.All));
        return [.. subjects.Select(subject => subject with { Profile = redactor.Apply(subject.Profile) })];
    }

    private void Write(List<Subject> profiles) => request.Output.Write(
        console => WriteText(profiles, console),
        stream => WriteJson([.. profiles.Select(subject => Selected(subject.Profile))], stream),
        writer => WriteCsv(profiles, writer));

    private void WriteText(List<Subject> subjects, IAnsiConsole console)
    {
        foreach (var (profile, options, _) in subjects)
        {
            if (request.Files.Length > 1)
                ReportRenderer.Heading(profile, console);
            ReportRenderer.Write(profile, console, options);
        }
    }

    private void WriteJson(List<MemoryProfile> profiles, Stream stream)
    {
        // The filter would reveal a name.
        var filter = request.Redact ? null : request.Selection.Filter;
        if (request.Files.Length == 1)
            JsonReport.Write(stream, profiles[0], filter);
        else
            JsonReport.Write(stream, profiles, filter);
    }

    private void WriteCsv(List<Subject> subjects, TextWriter writer)
    {
        if (request.Files.Length == 1)
            CsvReport.Write(writer, Table(subjects[0]));
        else
            CsvReport.Write(writer, [.. subjects.Select(subject => Table(subject).After(RecordingColumn, new TextCell(subject.Profile.Recording.File)))]);
    }

    private static ReportTable Table(Subject subject) => subject.Options.View.Table(subject.Profile, subject.Options);

    private MemoryProfile Selected(MemoryProfile profile)
    {
        var selection = request.Options.All;
        return profile with
        {
            Allocations = selection.Apply(profile.Allocations),
            Live = profile.Live is { } live ? selection.Apply(live) : null,
        };
    }

    /// <summary>A profile, how it is shown, and the profile before filtering.</summary>
    private sealed record Subject(MemoryProfile Profile, ReportOptions Options, MemoryProfile All);
}
