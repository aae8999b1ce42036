using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Analysis.Comparison;
using Memtrace.Analysis.Redaction;
using Memtrace.Exporting;
using Memtrace.Exporting.Html;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Commands.Heap;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary><c>dotnet-memtrace diff</c>: compares two recordings.</summary>
internal static class DiffCommand
{
    private const string Description = "Compare two recordings (memory, collections, allocations and live bytes by type and call site), or two heap snapshots.";

    private const string Details = """
        Types and methods are matched by name, so the recordings may come from different builds. A change is tagged (new, gone, grown,
        shrunk) only if it exceeds the sampling errors of both recordings; smaller changes are within noise.

        Any file that 'report' reads can be compared. Heap snapshots (.memsnap, .gcdump) are compared by type, by what holds the objects
        (--view retainers) and by root (--view roots); they are exact, so there is no noise.

        Conditions of --fail-on:
          METRIC[:PATTERN]>+LIMIT
          METRIC   allocated, live, peak or rss
          PATTERN  only types and call sites whose type or method matches; * matches any characters, ? matches one
          LIMIT    N% of the value before (normalized by --normalize), SIZE (500KB, 50MB, 1GiB), or SIZE/s (allocated only)
          For heap snapshots: heap[:TYPE]>+LIMIT with a limit of N objects, SIZE or N%.
        Each condition that is met beyond noise is reported on standard error, and the exit code is 6. If a recording lacks the data
        for a condition or for --metric, the exit code is 2. If nothing matches a pattern, a warning is printed.

        Exit codes: 0 compared; 2 a recording cannot be read or lacks the data; 3 invalid arguments; 6 a --fail-on condition is met.

        Examples:
          dotnet-memtrace diff before.nettrace after.nettrace
          dotnet-memtrace diff before.nettrace after.nettrace --view sites --metric live
          dotnet-memtrace diff before.nettrace after.nettrace --view tree --filter '(?i)cache'
          dotnet-memtrace diff main.nettrace branch.nettrace --fail-on 'live>+10%' --fail-on 'allocated:MyApp.*>+5MB/s'
          dotnet-memtrace diff before.nettrace after.nettrace --format json -o diff.json
          dotnet-memtrace diff before.nettrace after.nettrace --format html -o diff.html
          dotnet-memtrace diff before.memsnap after.memsnap --fail-on 'heap:Order>+1000'
        """;

    private static string Views => $"{Rendering.View.List(DiffView.All)}\n\n{Rendering.View.List(HeapDiffView.All, "Views of heap snapshots")}";

    private static readonly Argument<string> Before = new("BEFORE") { Description = "The earlier recording or heap snapshot, the baseline." };

    private static readonly Argument<string> After = new("AFTER") { Description = "The later recording or heap snapshot." };

    private static readonly Option<string?> View = OptionFactory.Choice<string?>(
        "--view",
        Rendering.View.Help(DiffView.All),
        [.. DiffView.All.Select(view => view.Name).Union(HeapDiffView.All.Select(view => view.Name))],
        name => name!);

    private static readonly Option<ComparisonMetric> Metric = OptionFactory.Choice<ComparisonMetric>(
        "--metric", "Compare only this metric: allocated, live (at the end), peak (live heap at its peak) or rss. Default: all that both recordings contain.");

    private static readonly Option<Normalization> Normalize = OptionFactory.Choice<Normalization>(
        "--normalize", "How to scale allocations: seconds (default: per second), bytes (as a share of all allocations) or none (totals).");

    private static readonly Option<int?> Top = OptionFactory.Number(
        "--top", $"Number of lines in each list. Default: text {DiffView.Summary.Top} (summary), {DiffView.Types.Top} or {DiffView.Tree.Top} (tree); json and csv all.", minimum: 1);

    private static readonly Option<Regex?> Filter = OptionFactory.Pattern(
        "--filter", "Show only objects whose type, or a method on whose stack, matches; start with (?i) to ignore case.");

    private static readonly Option<FailOnConditions?> FailOn = new("--fail-on")
    {
        Description = "Exit with code 6 if this condition is met, such as 'live>+10%' (see below). Can be repeated.",
        HelpName = "CONDITION",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = FailOnConditions.Parse,
    };

    /// <summary>What heap snapshots do not have.</summary>
    private static readonly Option[] OfRecordingsOnly = [Metric, Normalize, SelectionOptions.Process, OutputOptions.Redact];

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        Before.Validators.Add(OutputOptions.RequireFiles);
        After.Validators.Add(OutputOptions.RequireFiles);
        var command = new DocumentedCommand("diff", Description, $"{Views}\n\n{Details}")
        {
            Before, After, View, Metric, Normalize, OutputOptions.FormatOrPage, Top, Filter, SelectionOptions.Process, SelectionOptions.MyCode, FailOn, OutputOptions.Redact, OutputOptions.Width, OutputOptions.NoPager,
            OutputOptions.Output, OutputOptions.Force,
        };
        command.SetAction(parsed => Conflict(parsed) is { } conflict
            ? CommandLine.Reject(parsed.CommandResult, conflict)
            : AreSnapshots(parsed) ? new HeapDiffRun(HeapRequest(parsed)).Execute() : new DiffRun(Request(parsed)).Execute());
        return command;
    }

    private static DiffView? RecordingView(ParseResult parsed) => DiffView.All.FirstOrDefault(view => view.Name == parsed.GetValue(View));

    private static bool AreSnapshots(ParseResult parsed) => SnapshotInput.IsOne(parsed.GetRequiredValue(Before)) || SnapshotInput.IsOne(parsed.GetRequiredValue(After));

    private static HeapDiffRequest HeapRequest(ParseResult parsed) => new(
        parsed.GetRequiredValue(Before),
        parsed.GetRequiredValue(After),
        parsed.GetValue(Filter),
        parsed.GetValue(FailOn) ?? FailOnConditions.None,
        OutputOptions.Of(parsed),
        HeapDiffView.Of(parsed.GetValue(View)) ?? HeapDiffView.Summary,
        parsed.GetValue(Top));

    private static DiffRequest Request(ParseResult parsed) => new()
    {
        Before = parsed.GetRequiredValue(Before),
        After = parsed.GetRequiredValue(After),
        Normalization = parsed.GetValue(Normalize),
        Filter = parsed.GetValue(Filter),
        Process = parsed.GetValue(SelectionOptions.Process),
        MyCode = parsed.GetValue(SelectionOptions.MyCode),
        Redact = parsed.GetValue(OutputOptions.Redact),
        Output = OutputOptions.Of(parsed),
        FailOn = parsed.GetValue(FailOn) ?? FailOnConditions.None,
        Options = new DiffOptions
        {
            View = RecordingView(parsed) ?? DiffView.Summary,
            Metric = parsed.GetResult(Metric) is null ? null : parsed.GetValue(Metric),
            Top = parsed.GetValue(Top),
            Filter = parsed.GetValue(OutputOptions.Redact) ? null : parsed.GetValue(Filter)?.ToString(),
        },
    };

    /// <summary>Which options contradict each other, or null.</summary>
    private static string? Conflict(ParseResult parsed) =>
        (AreSnapshots(parsed) ? ConflictOfSnapshots(parsed) : ConflictOfRecordings(parsed))
            ?? OutputOptions.Conflict(parsed, View, [parsed.GetRequiredValue(Before), parsed.GetRequiredValue(After)]);

    private static string? ConflictOfSnapshots(ParseResult parsed)
    {
        if (OfRecordingsOnly.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } option)
            return $"{option.Name} requires recordings, but these are heap snapshots.";
        return parsed.GetValue(View) is { } view && HeapDiffView.Of(view) is null
            ? $"--view {view} requires recordings, but these are heap snapshots. Their views are {string.Join(", ", HeapDiffView.All.Select(item => item.Name))}."
            : null;
    }

    private static string? ConflictOfRecordings(ParseResult parsed)
    {
        if (parsed.GetValue(View) is { } view && RecordingView(parsed) is null)
            return $"--view {view} requires heap snapshots, but these are recordings.";
        var hasMetric = parsed.GetResult(Metric) is not null;
        return hasMetric && parsed.GetValue(Metric) == ComparisonMetric.Rss && RecordingView(parsed) is { IsOfMetrics: true }
            ? "--metric rss has no types or call sites; use --view memory."
            : null;
    }
}

/// <summary>A metric that an option asks for.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Option">The option, as it was typed.</param>
internal sealed record AskedMetric(ComparisonMetric Metric, string Option);

/// <summary>The options of a <c>diff</c>.</summary>
internal sealed record DiffRequest
{
    /// <summary>The earlier recording.</summary>
    public required string Before { get; init; }

    /// <summary>The later recording.</summary>
    public required string After { get; init; }

    /// <summary>How allocations are made comparable.</summary>
    public required Normalization Normalization { get; init; }

    /// <summary>Which types and methods to keep; null for all.</summary>
    public Regex? Filter { get; init; }

    /// <summary>Id or name of the process, if a recording contains several; null for the one with the most events.</summary>
    public string? Process { get; init; }

    /// <summary>Matches names of assemblies or methods that are the user's code; null to decide by evidence.</summary>
    public Regex? MyCode { get; init; }

    /// <summary>Where to write, and in which format.</summary>
    public required ReportOutput Output { get; init; }

    /// <summary>What to show and how.</summary>
    public required DiffOptions Options { get; init; }

    /// <summary>The conditions that fail the run.</summary>
    public required FailOnConditions FailOn { get; init; }

    /// <summary>Whether names and paths are replaced by pseudonyms.</summary>
    public required bool Redact { get; init; }
}

/// <summary>One run of <c>diff</c>: reads both recordings, writes the changes, evaluates the conditions.</summary>
/// <param name="request">The options.</param>
internal sealed class DiffRun(DiffRequest request)
{
    /// <summary>Compares.</summary>
    /// <returns>The exit code.</returns>
    public int Execute()
    {
        request.Output.RequireFree();
        var (before, after) = (Read(request.Before), Read(request.After));
        if (before is null || after is null)
            return ExitCode.TracingError;
        if (Missing(before, after) is { } missing)
            return Errors.Fail(ExitCode.TracingError, missing);

        var comparison = ProfileComparer.Compare(before, after, ComparisonOptions());
        WarnOfEmptyFilter(comparison);
        Write(request.Redact ? new Redactor(before, after).Apply(comparison) : comparison);
        return Evaluate(before, after);
    }

    private MemoryProfile? Read(string file) => new Selection(new AnalysisOptions { Process = request.Process, MyCode = request.MyCode }, Filter: null).TryRead(file)?.All;

    private void WarnOfEmptyFilter(ProfileComparison comparison)
    {
        if (request.Filter is not null && !comparison.Metrics.IsEmpty && comparison.Metrics.All(metric => metric.Types.IsEmpty && metric.Sites.IsEmpty))
            Errors.Warn("nothing in either recording matches the filter.");
    }

    /// <summary>Which explicitly requested data a recording lacks, or null.</summary>
    private string? Missing(MemoryProfile before, MemoryProfile after)
    {
        if (request.FailOn.OfHeaps is [var condition, ..])
            return $"--fail-on '{condition.Text}' cannot be evaluated: it requires heap snapshots ('dotnet-memtrace heap -o FILE'), but these are recordings.";
        var asked = request.FailOn.OfRecordings.Select(Asked);
        return Missing(request.Options.Metric is { } metric ? asked.Prepend(new AskedMetric(metric, $"--metric {DataName.Of(metric)}")) : asked, before, after);
    }

    /// <summary>What a condition asks for.</summary>
    /// <param name="condition">The condition.</param>
    public static AskedMetric Asked(FailCondition condition) => new(condition.Metric, $"--fail-on '{condition.Text}'");

    /// <summary>Which of the metrics that are asked for a recording lacks, or null.</summary>
    /// <param name="asked">The metrics.</param>
    /// <param name="before">The earlier recording.</param>
    /// <param name="after">The later one.</param>
    public static string? Missing(IEnumerable<AskedMetric> asked, MemoryProfile before, MemoryProfile after) =>
        (from item in asked
         from profile in new[] { before, after }
         let missing = MetricAmounts.Missing(profile, item.Metric)
         where missing is not null
         select $"{item.Option} cannot be evaluated: {profile.Recording.File} {MissingDataText.Of(missing.Value)}.").FirstOrDefault();

    private ComparisonOptions ComparisonOptions() => new()
    {
        Normalization = request.Normalization,
        Filter = request.Filter,
        Metric = request.Options.Metric,
        Tree = request.Options.View == DiffView.Tree || request.Output.Format == ReportFormat.Html,
    };

    // With --redact, the filter would reveal the name.
    private ProfileFilter? ShownFilter => request.Filter is { } filter && !request.Redact ? new ProfileFilter(filter) : null;

    private void Write(ProfileComparison comparison) => request.Output.Write(
        console => DiffRenderer.Write(comparison, console, request.Options),
        stream => JsonComparison.Write(stream, Selected(comparison)),
        writer => CsvReport.Write(writer, request.Options.View.Table(Selected(comparison), request.Options)),
        stream => HtmlReport.Write(stream, Selected(comparison), ShownFilter, NextStepText.Of));

    private ProfileComparison Selected(ProfileComparison comparison) => request.Options.Top is not { } top ? comparison : comparison with
    {
        Metrics = [.. comparison.Metrics.Select(metric => metric with { Types = [.. metric.Types.Take(top)], Sites = [.. metric.Sites.Take(top)] })],
    };

    /// <summary>Warns of a condition whose pattern may be mistyped.</summary>
    /// <param name="condition">The condition as written.</param>
    public static string NoMatch(string condition) => $"--fail-on '{condition}': neither file has a type or call site that matches its pattern.";

    private int Evaluate(MemoryProfile before, MemoryProfile after)
    {
        var outcomes = request.FailOn.OfRecordings.Select(condition => condition.Evaluate(before, after, request.Normalization)).ToList();
        foreach (var outcome in outcomes.Where(outcome => !outcome.HasMatches))
            Errors.Warn(NoMatch(outcome.Condition.Text));
        var met = outcomes.Where(outcome => outcome.Met).ToList();
        foreach (var outcome in met)
            Console.Error.WriteLine($"failed: {TerminalText.Clean(outcome.Condition.Text)}: {ChangeText.Format(outcome.Change, Glyphs.Ascii)}");
        return met.Count > 0 ? ExitCode.ConditionMet : ExitCode.Ok;
    }
}
