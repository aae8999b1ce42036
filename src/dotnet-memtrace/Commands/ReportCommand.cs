using System.CommandLine;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary><c>dotnet-memtrace report</c>: what a recording says.</summary>
public static class ReportCommand
{
    private const string Description = "Show what recordings say: memory now and at its peak, what grows and what stays, collections, who allocates what.";

    private const string Details = """
        A recording is a file of 'dotnet-memtrace collect' or any other .nettrace file with GC events, such as those of
        'dotnet-trace collect --profile gc-verbose'. A file that was cut short is read as far as it goes. Also read: .etlx
        and .netperf, on Windows .etl and .etl.zip of PerfView. These may need disk space for a temporary copy.

        What stays (the views live, peak, growth and lifetimes) is in a recording of 'collect --live' only.

        Amounts are estimates where allocations were sampled: the error is half of their 95% interval.

        Exit codes: 0 reported, 2 a recording cannot be read or does not hold what was asked for, or
        the report cannot be written, 3 wrong arguments.

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
        Description = "The recordings. Several are reported one after the other; as JSON they make an array, as CSV one table.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<ReportView> View = OptionFactory.Choice<ReportView>(
        "--view",
        "What to show: summary (default), findings (what stands out, in plain words), breakdown (where the resident memory is), types or sites (allocations by type or call site), tree (of calls), live or "
        + "peak (what lives at the end or lived at its peak), growth, lifetimes (where objects die), collections, timeline.");

    private static readonly Option<int?> Top = OptionFactory.Number(
        "--top", "Lines in each list. Default: text 10 (summary), 30 or 50 (tree); json and csv all.", minimum: 1);

    private static readonly Option<AllocationOrder> Sort = OptionFactory.Choice<AllocationOrder>(
        "--sort", "Order of types and call sites: bytes (default), objects, samples or name.");

    private static readonly Option<CallTreeValue> Value = OptionFactory.Choice<CallTreeValue>(
        "--value", "Tree: of what was allocated (default), of what is live at the end, or of what lived at its peak.");

    private static readonly Option<bool> AllFrames = new("--all-frames")
    {
        Description = "Tree: a line for each frame; without it, runs of framework code share one.",
        Arity = ArgumentArity.Zero,
    };

    private static readonly Option<bool> Inverted = new("--inverted", "--invert")
    {
        Description = "Tree: from the methods that allocate to their callers.",
        Arity = ArgumentArity.Zero,
    };

    private static readonly Option<double?> MinPercent = OptionFactory.Percentage(
        "--min-percent", "Tree: leave out what weighs less than this part of the total. Default: text 1, csv 0.");

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        Files.Validators.Add(OutputOptions.RequireFiles);
        var command = new DocumentedCommand("report", Description, Details)
        {
            Files, View, OutputOptions.Format, Top, Sort, SelectionOptions.Type, SelectionOptions.Filter, SelectionOptions.From, SelectionOptions.To,
            SelectionOptions.Process, Value, Inverted, AllFrames, MinPercent, OutputOptions.Redact, OutputOptions.Width, OutputOptions.Output, OutputOptions.Force,
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
            Selection = SelectionOptions.Of(parsed),
            Redact = parsed.GetValue(OutputOptions.Redact),
            Output = output,
            Options = new ReportOptions
            {
                View = parsed.GetValue(View),
                Top = parsed.GetValue(Top),
                Order = parsed.GetValue(Sort),
                Value = parsed.GetValue(Value),
                Inverted = parsed.GetValue(Inverted),
                AllFrames = parsed.GetValue(AllFrames),
                MinimumShare = (parsed.GetValue(MinPercent) ?? (output.Format == ReportFormat.Text ? 1 : 0)) / 100,
            },
        };
    }

    /// <summary>What does not go together, or null.</summary>
    private static string? Conflict(ParseResult parsed) =>
        SelectionOptions.Conflict(parsed) ?? OutputOptions.Conflict(parsed, View, parsed.GetRequiredValue(Files));
}
