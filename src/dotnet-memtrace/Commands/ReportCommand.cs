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
            SelectionOptions.Process, SelectionOptions.MyCode, Value, Inverted, AllFrames, MinPercent, OutputOptions.Redact, OutputOptions.Width, OutputOptions.Output, OutputOptions.Force,
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

/// <summary>What <c>report</c> was asked for.</summary>
internal sealed record ReportRequest
{
    /// <summary>The recordings, one or more.</summary>
    public required ImmutableArray<string> Files { get; init; }

    /// <summary>What of each recording to look at.</summary>
    public required Selection Selection { get; init; }

    /// <summary>Where to and in which form.</summary>
    public required ReportOutput Output { get; init; }

    /// <summary>What to show, and how.</summary>
    public required ReportOptions Options { get; init; }

    /// <summary>Whether names and paths are replaced by pseudonyms.</summary>
    public required bool Redact { get; init; }
}

/// <summary>Carries out a <see cref="ReportRequest"/>: reads all recordings, then writes.</summary>
/// <param name="request">What was asked for.</param>
internal sealed class ReportRun(ReportRequest request)
{
    private int _exitCode = ExitCode.Ok;

    /// <summary>Reads and writes. A recording that cannot be read does not keep the others from being reported.</summary>
    /// <returns>The exit code.</returns>
    public int Execute()
    {
        try
        {
            request.Output.RequireFree();
            var profiles = Redacted([.. request.Files.Select(Read).OfType<Subject>()]);
            if (profiles.Count > 0)
                Write(profiles);
        }
        catch (CommandException error)
        {
            Fail(error);
        }

        return _exitCode;
    }

    private Subject? Read(string file)
    {
        try
        {
            var needsSurvival = request.Options.NeedsSurvival && request.Output.Format != ReportFormat.Json;
            var (all, selected) = request.Selection.Read(file, needsSurvival);
            var filter = request.Selection.Filter is { } applied ? new AppliedFilter(request.Redact ? "Filter" : applied.ToString(), all) : null;
            return new Subject(selected, request.Options with { Filter = filter }, all);
        }
        catch (CommandException error)
        {
            Fail(error);
            return null;
        }
    }

    /// <summary>All recordings by the same pseudonyms, where that was asked for. Filters are about the names as they are.</summary>
    private List<Subject> Redacted(List<Subject> subjects)
    {
        if (!request.Redact)
            return subjects;
        var redactor = new Redactor(subjects.Select(subject => subject.All));
        return [.. subjects.Select(subject => subject with { Profile = redactor.Apply(subject.Profile) })];
    }

    private void Fail(CommandException error)
    {
        Errors.Write(error.Message);
        _exitCode = error.ExitCode;
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
        // What was asked for by name would tell the name.
        var filter = request.Redact ? null : request.Selection.Filter;
        if (request.Files.Length == 1)
            JsonReport.Write(stream, profiles[0], filter);
        else
            JsonReport.Write(stream, profiles, filter);
    }

    private void WriteCsv(List<Subject> subjects, TextWriter writer)
    {
        if (request.Files.Length == 1)
            CsvReport.Write(writer, Table(subjects[0].Profile));
        else
            CsvReport.Write(writer, subjects.Select(subject => (subject.Profile.Recording.File, Table(subject.Profile))));
    }

    private MemoryProfile Selected(MemoryProfile profile)
    {
        var selection = new AllocationSelection(request.Options.Order, request.Options.Top);
        return profile with
        {
            Allocations = selection.Apply(profile.Allocations),
            Live = profile.Live is { } live ? selection.Apply(live) : null,
        };
    }

    private ReportTable Table(MemoryProfile profile)
    {
        var options = request.Options;
        var table = options.NeedsSurvival && options.View != ReportView.Tree ? LiveTable(profile) : options.View switch
        {
            ReportView.Findings => FindingTable.Of(profile.Findings),
            ReportView.Breakdown => BreakdownTables.Each(profile.Breakdown),
            ReportView.Types => AllocationTables.Types(Selected(profile).Allocations),
            ReportView.Sites => AllocationTables.Sites(Selected(profile).Allocations),
            ReportView.Tree => CallTreeTable.Of(
                profile.Allocations.Sampling,
                CallTreeRows.All(ProfileCallTree.Build(profile, options.Value, options.Inverted), options.MinimumShare),
                options.Inverted),
            ReportView.Collections => CollectionTables.Each(profile.Collections.Items),
            ReportView.Timeline => TimelineTable.Of(profile.Timeline, profile.Recording.WindowStartSeconds),
            _ => SummaryTable.Of(profile),
        };
        return options.Top is { } top && options.View != ReportView.Summary ? table with { Rows = table.Rows.Take(top) } : table;
    }

    private ReportTable LiveTable(MemoryProfile profile)
    {
        var (live, sampling) = (Selected(profile).Live!, profile.Allocations.Sampling);
        return request.Options.View switch
        {
            ReportView.Live => LiveTables.Sites(live.End, sampling),
            ReportView.Peak => LiveTables.Sites(live.Peak, sampling),
            ReportView.Growth => GrowthTable.Of(live.Growth, sampling),
            _ => LifetimeTable.Of(live.Lifetimes, sampling),
        };
    }

    /// <summary>A profile, how it is shown, and all of what it was filtered from.</summary>
    private sealed record Subject(MemoryProfile Profile, ReportOptions Options, MemoryProfile All);
}
