using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Memtrace.Analysis.Comparison;
using Memtrace.Profiles;
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

    private static readonly Option<DiffView> View = OptionFactory.Choice<DiffView>(
        "--view", "What to show: summary (default), types, sites (by type and call site), tree (of calls), memory, breakdown (where the resident memory is).");

    private static readonly Option<ComparisonMetric> Metric = OptionFactory.Choice<ComparisonMetric>(
        "--metric", "Only this: allocated, live (at the end), peak (alive when most was) or rss. Default: all that both recordings know.");

    private static readonly Option<Normalization> Normalize = OptionFactory.Choice<Normalization>(
        "--normalize", "What allocations are divided by: seconds (default), bytes (allocated in all: shares) or none.");

    private static readonly Option<int?> Top = OptionFactory.Number(
        "--top", "Lines in each list. Default: text 10 (summary), 30 or 50 (tree); json and csv all.", minimum: 1);

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
            Before, After, View, Metric, Normalize, OutputOptions.FormatOrPage, Top, Filter, SelectionOptions.Process, FailOn, OutputOptions.Redact, OutputOptions.Width,
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
            View = parsed.GetValue(View),
            Metric = parsed.GetResult(Metric) is null ? null : parsed.GetValue(Metric),
            Top = parsed.GetValue(Top),
            Filter = parsed.GetValue(OutputOptions.Redact) ? null : parsed.GetValue(Filter)?.ToString(),
        },
    };

    /// <summary>What does not go together, or null.</summary>
    private static string? Conflict(ParseResult parsed)
    {
        var hasMetric = parsed.GetResult(Metric) is not null;
        return hasMetric && parsed.GetValue(Metric) == ComparisonMetric.Rss && parsed.GetValue(View) is DiffView.Types or DiffView.Sites or DiffView.Tree
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
