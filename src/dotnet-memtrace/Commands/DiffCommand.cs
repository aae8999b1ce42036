using System.Collections.Immutable;
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
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary><c>dotnet-memtrace diff</c>: what changed between two recordings.</summary>
public static class DiffCommand
{
    private const string Description = "Show what changed between two recordings: memory, collections, allocations and live bytes by type and call site.";

    private const string Details = """
        Types and methods are matched by name, so the recordings may be of different builds. Changes are tagged (new, gone, grown, shrunk)
        only where they are outside the noise: the errors of both recordings are counted.

        Recordings are files that 'report' reads.

        Conditions of --fail-on:
          METRIC[:PATTERN]>+LIMIT
          METRIC   allocated, live, peak or rss
          PATTERN  what of it: all types and call sites whose type or method it matches, * for any characters, ? for one
          LIMIT    N% of what was before (as --normalize says), SIZE (500KB, 50MB, 1GiB) in all, or SIZE/s (allocated only)
        Each condition that is met beyond the noise is told on the standard error, and the exit code is 6.
        If a recording does not hold what a condition or --metric is about, the exit code is 2.

        Examples:
          dotnet-memtrace diff before.nettrace after.nettrace
          dotnet-memtrace diff before.nettrace after.nettrace --view sites --metric live
          dotnet-memtrace diff before.nettrace after.nettrace --view tree --filter '(?i)cache'
          dotnet-memtrace diff main.nettrace branch.nettrace --fail-on 'live>+10%' --fail-on 'allocated:MyApp.*>+5MB/s'
          dotnet-memtrace diff before.nettrace after.nettrace --format json -o diff.json
          dotnet-memtrace diff before.nettrace after.nettrace --format html -o diff.html
        """;

    private static readonly Argument<string> Before = new("BEFORE") { Description = "The recording to compare with." };

    private static readonly Argument<string> After = new("AFTER") { Description = "The recording in question." };

    private static readonly Option<DiffView> View = OptionFactory.Choice(
        "--view",
        $"What to show. Default: summary. {string.Join("; ", DiffView.All.Select(view => $"{view.Name}: {view.Description}"))}.",
        DiffView.All,
        view => view.Name);

    private static readonly Option<ComparisonMetric> Metric = OptionFactory.Choice<ComparisonMetric>(
        "--metric", "Only this: allocated, live (at the end), peak (alive when most was) or rss. Default: all that both recordings know.");

    private static readonly Option<Normalization> Normalize = OptionFactory.Choice<Normalization>(
        "--normalize", "What allocations are divided by: seconds (default), bytes (allocated in all: shares) or none.");

    private static readonly Option<int?> Top = OptionFactory.Number(
        "--top", $"Lines in each list. Default: text {DiffView.Summary.Top} (summary), {DiffView.Types.Top} or {DiffView.Tree.Top} (tree); json and csv all.", minimum: 1);

    private static readonly Option<Regex?> Filter = OptionFactory.Pattern(
        "--filter", "Show only what has a type, or a method on its stack, that matches; begin with (?i) to ignore case.");

    private static readonly Option<FailCondition[]> FailOn = new("--fail-on")
    {
        Description = "Exit with 6 if this condition is met, such as 'live>+10%' (see below). Can be given several times.",
        HelpName = "CONDITION",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParseConditions,
    };

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        Before.Validators.Add(OutputOptions.RequireFiles);
        After.Validators.Add(OutputOptions.RequireFiles);
        var command = new DocumentedCommand("diff", Description, Details)
        {
            Before, After, View, Metric, Normalize, OutputOptions.FormatOrPage, Top, Filter, SelectionOptions.Process, FailOn, OutputOptions.Redact, OutputOptions.Width, OutputOptions.NoPager,
            OutputOptions.Output, OutputOptions.Force,
        };
        command.SetAction(parsed => Conflict(parsed) is { } conflict
            ? CommandLine.Reject(parsed.CommandResult, conflict)
            : new DiffRun(Request(parsed)).Execute());
        return command;
    }

    private static DiffRequest Request(ParseResult parsed) => new()
    {
        Before = parsed.GetRequiredValue(Before),
        After = parsed.GetRequiredValue(After),
        Normalization = parsed.GetValue(Normalize),
        Filter = parsed.GetValue(Filter),
        Process = parsed.GetValue(SelectionOptions.Process),
        Redact = parsed.GetValue(OutputOptions.Redact),
        Output = OutputOptions.Of(parsed),
        FailOn = [.. parsed.GetValue(FailOn) ?? []],
        Options = new DiffOptions
        {
            View = parsed.GetValue(View) ?? DiffView.Summary,
            Metric = parsed.GetResult(Metric) is null ? null : parsed.GetValue(Metric),
            Top = parsed.GetValue(Top),
            Filter = parsed.GetValue(OutputOptions.Redact) ? null : parsed.GetValue(Filter)?.ToString(),
        },
    };

    /// <summary>What does not go together, or null.</summary>
    private static string? Conflict(ParseResult parsed)
    {
        var hasMetric = parsed.GetResult(Metric) is not null;
        return hasMetric && parsed.GetValue(Metric) == ComparisonMetric.Rss && parsed.GetValue(View) is { IsOfMetrics: true }
            ? "--metric rss has no types and call sites: it is in --view memory."
            : OutputOptions.Conflict(parsed, View, [parsed.GetRequiredValue(Before), parsed.GetRequiredValue(After)]);
    }

    private static FailCondition[] ParseConditions(ArgumentResult result)
    {
        var conditions = new List<FailCondition>();
        foreach (var text in result.Tokens.Select(token => token.Value))
        {
            if (FailOnArgument.TryParse(text, out var condition, out var problem))
                conditions.Add(condition);
            else
                result.AddError($"--fail-on '{text}' {problem}");
        }

        return [.. conditions];
    }
}

/// <summary>What <c>diff</c> was asked for.</summary>
internal sealed record DiffRequest
{
    /// <summary>The recording before.</summary>
    public required string Before { get; init; }

    /// <summary>The recording after.</summary>
    public required string After { get; init; }

    /// <summary>How allocations are made comparable.</summary>
    public required Normalization Normalization { get; init; }

    /// <summary>What types and methods to keep, or null for all.</summary>
    public Regex? Filter { get; init; }

    /// <summary>Id or name of the process, where a recording holds several; null: the one with the most events.</summary>
    public string? Process { get; init; }

    /// <summary>Where to and in which form.</summary>
    public required ReportOutput Output { get; init; }

    /// <summary>What to show, and how.</summary>
    public required DiffOptions Options { get; init; }

    /// <summary>What is a failure.</summary>
    public required ImmutableArray<FailCondition> FailOn { get; init; }

    /// <summary>Whether names and paths are replaced by pseudonyms.</summary>
    public required bool Redact { get; init; }
}

/// <summary>Carries out a <see cref="DiffRequest"/>: reads both recordings, writes what changed, then judges.</summary>
/// <param name="request">What was asked for.</param>
internal sealed class DiffRun(DiffRequest request)
{
    /// <summary>Reads, writes and judges.</summary>
    /// <returns>The exit code.</returns>
    public int Execute()
    {
        try
        {
            request.Output.RequireFree();
            var (before, after) = (Read(request.Before), Read(request.After));
            if (before is null || after is null)
                return ExitCode.TracingError;
            if (Missing(before, after) is { } missing)
                return Fail(ExitCode.TracingError, missing);

            var comparison = ProfileComparer.Compare(before, after, ComparisonOptions());
            Write(request.Redact ? new Redactor(before, after).Apply(comparison) : comparison);
            return Judge(before, after);
        }
        catch (CommandException error)
        {
            return Fail(error.ExitCode, error.Message);
        }
    }

    private MemoryProfile? Read(string file)
    {
        try
        {
            var profile = RecordingAnalysis.Analyze(file, new AnalysisOptions { Process = request.Process }, CancellationToken.None);
            Selection.WarnOfOtherProcesses(file, profile, request.Process);
            return profile;
        }
        catch (RecordingException error)
        {
            Errors.Write(error.Message);
            return null;
        }
    }

    private static int Fail(int exitCode, string message)
    {
        Errors.Write(message);
        return exitCode;
    }

    /// <summary>What was asked for by name and one of the recordings does not hold, or null.</summary>
    private string? Missing(MemoryProfile before, MemoryProfile after)
    {
        var asked = request.FailOn.Select(condition => (condition.Metric, Option: $"--fail-on '{condition.Text}'"));
        if (request.Options.Metric is { } metric)
            asked = asked.Prepend((metric, $"--metric {DataName.Of(metric)}"));
        return (from item in asked
                from profile in new[] { before, after }
                let reason = MetricAmounts.WhyMissing(profile, item.Metric)
                where reason is not null
                select $"{item.Option} cannot be told: {profile.Recording.File} {reason}.").FirstOrDefault();
    }

    private ComparisonOptions ComparisonOptions() => new()
    {
        Normalization = request.Normalization,
        Filter = request.Filter,
        Metric = request.Options.Metric,
        Tree = request.Options.View == DiffView.Tree || request.Output.Format == ReportFormat.Html,
    };

    // What was asked for by name would tell the name.
    private ProfileFilter? ShownFilter => request.Filter is { } filter && !request.Redact ? new ProfileFilter(filter) : null;

    private void Write(ProfileComparison comparison) => request.Output.Write(
        console => DiffRenderer.Write(comparison, console, request.Options),
        stream => JsonComparison.Write(stream, Selected(comparison)),
        writer => CsvReport.Write(writer, request.Options.View.Table(Selected(comparison), request.Options)),
        stream => HtmlReport.Write(stream, Selected(comparison), ShownFilter));

    private ProfileComparison Selected(ProfileComparison comparison) => request.Options.Top is not { } top ? comparison : comparison with
    {
        Metrics = [.. comparison.Metrics.Select(metric => metric with { Types = [.. metric.Types.Take(top)], Sites = [.. metric.Sites.Take(top)] })],
    };

    private int Judge(MemoryProfile before, MemoryProfile after)
    {
        var met = request.FailOn
            .Select(condition => condition.Evaluate(before, after, request.Normalization))
            .Where(outcome => outcome.Met)
            .ToList();
        foreach (var outcome in met)
            Console.Error.WriteLine($"failed: {TerminalText.Clean(outcome.Condition.Text)}: {ChangeText.Format(outcome.Change, Glyphs.Ascii)}");
        return met.Count > 0 ? ExitCode.ConditionMet : ExitCode.Ok;
    }
}
