using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Memtrace.Exporting;
using Memtrace.HeapSnapshots;
using Memtrace.Profiles;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Rendering;
using Memtrace.Units;

namespace Memtrace.Tool.Commands.Heap;

/// <summary>The options of a <c>diff</c> of heap snapshots.</summary>
/// <param name="Before">The earlier snapshot.</param>
/// <param name="After">The later snapshot.</param>
/// <param name="Filter">The types to show; null for all.</param>
/// <param name="FailOn">The conditions that fail the run.</param>
/// <param name="Output">Where to write, and in which format.</param>
/// <param name="View">What to show.</param>
/// <param name="Top">Lines in each list; null for what suits the format.</param>
internal sealed record HeapDiffRequest(string Before, string After, Regex? Filter, FailOnConditions FailOn, ReportOutput Output, HeapDiffView View, int? Top);

/// <summary>One run of <c>diff</c> of heap snapshots: reads both, writes the changes, evaluates the conditions.</summary>
/// <param name="request">The options.</param>
internal sealed class HeapDiffRun(HeapDiffRequest request)
{
    /// <summary>Compares.</summary>
    /// <returns>The exit code.</returns>
    public int Execute()
    {
        if (request.FailOn.OfRecordings is [var condition, ..])
            throw new CommandException(ExitCode.TracingError, $"--fail-on '{condition.Text}' requires recordings, but these are heap snapshots. For snapshots, use heap[:TYPE]>+LIMIT.");
        request.Output.RequireFree();
        var comparison = HeapComparer.Compare(SnapshotInput.Describe(request.Before), SnapshotInput.Describe(request.After));
        new HeapComparisonOutput(request.Output, request.View, request.Top).Write(Selected(comparison));
        return Evaluate(comparison);
    }

    private HeapComparison Selected(HeapComparison comparison) => comparison with
    {
        Types = Selected(comparison.Types),
        Retainers = Selected(comparison.Retainers),
        Roots = Selected(comparison.Roots),
    };

    private ImmutableArray<HeapChange> Selected(ImmutableArray<HeapChange> changes) =>
        request.Filter is { } filter ? [.. changes.Where(change => change.Path.Any(filter.IsMatch))] : changes;

    private int Evaluate(HeapComparison comparison)
    {
        var outcomes = request.FailOn.OfHeaps.Select(condition => condition.Evaluate(comparison)).ToList();
        foreach (var outcome in outcomes.Where(outcome => outcome is { Condition.Pattern: not null, Before.Objects: 0, After.Objects: 0 }))
            Errors.Warn($"--fail-on '{outcome.Condition.Text}': neither snapshot has a type that matches its pattern.");
        var met = outcomes.Where(outcome => outcome.Met).ToList();
        foreach (var outcome in met)
            Console.Error.WriteLine($"failed: {TerminalText.Clean(outcome.Condition.Text)}: {Text(outcome.Before)} -> {Text(outcome.After)}");
        return met.Count > 0 ? ExitCode.ConditionMet : ExitCode.Ok;
    }

    // Exact, unlike on the screen: a single object can exceed a limit.
    private static string Text(HeapAmount amount) =>
        string.Create(CultureInfo.InvariantCulture, $"{amount.Objects:#,0} {(amount.Objects == 1 ? "object" : "objects")}, {ByteSize.Format(amount.Bytes)}");
}
