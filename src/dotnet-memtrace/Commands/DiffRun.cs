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
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

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
        catch (RegexMatchTimeoutException)
        {
            return Fail(ExitCode.ArgumentError, OptionFactory.TooSlow("--filter", request.Filter));
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
            asked = asked.Prepend((metric, $"--metric {ComparisonNames.Of(metric)}"));
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
        writer => CsvReport.Write(writer, Table(Selected(comparison))),
        stream => HtmlReport.Write(stream, Selected(comparison), ShownFilter));

    private ProfileComparison Selected(ProfileComparison comparison) => request.Options.Top is not { } top ? comparison : comparison with
    {
        Metrics = [.. comparison.Metrics.Select(metric => metric with { Types = [.. metric.Types.Take(top)], Sites = [.. metric.Sites.Take(top)] })],
    };

    private ReportTable Table(ProfileComparison comparison) => request.Options.View switch
    {
        DiffView.Types => ComparisonTables.Types(comparison.Metrics),
        DiffView.Sites => ComparisonTables.Sites(comparison.Metrics),
        DiffView.Tree => Top(ComparisonTables.Tree(comparison.Metrics)),
        DiffView.Memory => ComparisonTables.Memory(comparison),
        DiffView.Breakdown => BreakdownTables.Changes(comparison.Breakdown),
        _ => SummaryTable.Of(comparison),
    };

    private ReportTable Top(ReportTable table) => table with { Rows = table.Rows.Take(request.Options.Top ?? int.MaxValue) };

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
