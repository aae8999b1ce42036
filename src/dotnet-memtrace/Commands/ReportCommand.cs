using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Exporting;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary><c>dotnet-memtrace report</c>: what a recording says.</summary>
public static class ReportCommand
{
    private const string Summary = "Show what recordings say: memory now and at its peak, collections, and who allocates what.";

    private const string Details = """
        Reads the recordings of 'dotnet-memtrace collect' and any other .nettrace file with GC events, such as those of 'dotnet-trace collect --profile gc-verbose'. A file that was cut short is read as far as it goes.

        Examples:
          dotnet-memtrace report app.nettrace                        the first page
          dotnet-memtrace report app.nettrace --view sites --top 50  the 50 call sites that allocate most
          dotnet-memtrace report app.nettrace --view tree --filter Cache
          dotnet-memtrace report app.nettrace --from 30s --to 1m30s  one minute of it
          dotnet-memtrace report app.nettrace --format json -o app.json
        """;

    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "The recordings. Several are reported one after the other; as JSON they make an array, as CSV one table.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<ReportView> View = OptionFactory.Choice<ReportView>(
        "--view",
        "What to show: the first page (default), allocations by type or by call site, their call tree, garbage collections (longest pauses first), memory over time.");

    private static readonly Option<ReportFormat> Format = OptionFactory.Choice<ReportFormat>(
        "--format", "text for people (default), json for all there is in one document, csv for the view as a table.");

    private static readonly Option<int?> Top = OptionFactory.Number(
        "--top", "Lines in each list. Default: text 10 (summary), 30 (lists) or 50 (tree); json and csv all.", minimum: 1);

    private static readonly Option<AllocationOrder> Sort = OptionFactory.Choice<AllocationOrder>(
        "--sort", "Order of types and call sites; bytes by default.");

    private static readonly Option<Regex?> Filter = OptionFactory.Pattern(
        "--filter", "Only allocations whose type, or a method on whose stack, matches; begin with (?i) to ignore case.");

    private static readonly Option<TimeSpan?> From = OptionFactory.Time(
        "--from", $"Leave out what came before: {DurationArgument.Examples} after the beginning.");

    private static readonly Option<TimeSpan?> To = OptionFactory.Time("--to", "Leave out what came after.");

    private static readonly Option<bool> Inverted = new("--inverted") { Description = "Tree: from the methods that allocate to their callers." };

    private static readonly Option<double?> MinPercent = OptionFactory.Percentage(
        "--min-percent", "Tree: leave out what weighs less than this part of the total. Default: text 1, csv 0.");

    private static readonly Option<int?> Width = OptionFactory.Number(
        "--width", "Columns of a line of text. Default: the terminal's, or 120.", ReportConsole.MinimumWidth);

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "Write to this file instead of the standard output.",
        HelpName = "FILE",
    };

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        var command = new Verb("report", Summary, Details)
        {
            Files, View, Format, Top, Sort, Filter, From, To, Inverted, MinPercent, Width, Output,
        };
        command.Validators.Add(RequireOrderedWindow);
        command.Validators.Add(RequireViewOfFormat);
        command.Validators.Add(RequireOutputApart);
        command.SetAction(parsed => new ReportRun(Request(parsed)).Execute());
        return command;
    }

    private static ReportRequest Request(ParseResult parsed)
    {
        var format = parsed.GetValue(Format);
        return new ReportRequest
        {
            Files = [.. parsed.GetRequiredValue(Files)],
            Format = format,
            Window = new AnalysisOptions(parsed.GetValue(From)?.TotalSeconds, parsed.GetValue(To)?.TotalSeconds),
            Filter = parsed.GetValue(Filter),
            Width = parsed.GetValue(Width),
            Output = parsed.GetValue(Output),
            Options = new ReportOptions
            {
                View = parsed.GetValue(View),
                Top = parsed.GetValue(Top),
                Order = parsed.GetValue(Sort),
                Inverted = parsed.GetValue(Inverted),
                MinimumShare = (parsed.GetValue(MinPercent) ?? (format == ReportFormat.Text ? 1 : 0)) / 100,
            },
        };
    }

    // A validator runs although an option before it failed to parse; asking for that option's value would throw.
    private static bool Readable(CommandResult result, params ReadOnlySpan<Option> options)
    {
        foreach (var option in options)
        {
            if (result.GetResult(option) is { } given && given.Errors.Any())
                return false;
        }

        return true;
    }

    private static void RequireOrderedWindow(CommandResult result)
    {
        if (Readable(result, From, To) && result.GetValue(From) is { } from && result.GetValue(To) is { } to && from >= to)
            result.AddError("--from must be before --to.");
    }

    private static void RequireViewOfFormat(CommandResult result)
    {
        if (Readable(result, Format) && result.GetValue(Format) == ReportFormat.Json && result.GetResult(View) is not null)
            result.AddError("--view does not go with --format json, which holds all views.");
    }

    private static void RequireOutputApart(CommandResult result)
    {
        if (result.GetValue(Output) is { Length: > 0 } output && (result.GetValue(Files) ?? []).Any(file => SamePath(file, output)))
            result.AddError($"--output '{output}' is a recording to be read.");
    }

    private static bool SamePath(string left, string right) =>
        left.Length > 0 && string.Equals(Path.GetFullPath(left), Path.GetFullPath(right), StringComparison.Ordinal);
}
