using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using Memtrace.Analysis;
using Memtrace.Analysis.Budgets;
using Memtrace.Analysis.Comparison;
using Memtrace.Exporting;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Recording;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Rendering;
using Recorder = Memtrace.Recording.Recorder;

namespace Memtrace.Tool.Commands;

/// <summary><c>dotnet-memtrace check</c>: checks the memory of a program against budgets.</summary>
internal static class CheckCommand
{
    private const string Summary = "Check the memory of a program or a recording against budgets, to fail a build.";

    private const string Details = """
        Runs a program, records it, and compares its memory with the budgets in a file and, with --baseline, with an earlier recording.
        The program uses this terminal. A sampled amount exceeds its budget only if its whole 95% interval is above the limit.

        A budget file has one or more of these keys:
          {
            "peakRss": "200 MiB",          the highest resident set
            "peakGcHeap": "100 MiB",       the highest GC heap after a collection; without one, all allocations
            "peakGcCommitted": "150 MiB",  the most memory that the GC has committed
            "allocated": "1 GiB",          all allocations
            "types": { "Shop.*": "10 MiB" },  allocations of types, or by methods, that match
            "growth": "1 MiB/min"          growth of the resident set, from 10 s on
          }

        Examples:
          dotnet-memtrace check -- dotnet MyApp.dll
          dotnet-memtrace check --budget ci/memory-budget.json --summary memory.md --summary memory.xml -- dotnet MyApp.dll
          dotnet-memtrace check --recording app.nettrace --summary memory.xml
          dotnet-memtrace check --baseline main.nettrace --fail-on 'allocated>+10%' -o branch.nettrace -- dotnet MyApp.dll

        Exit codes: 0 within the budgets; 1 could not launch; 2 the recording failed or lacks data for a budget; 3 invalid arguments;
        6 a budget is exceeded or a --fail-on condition is met. If the program fails, its exit code is passed on.
        """;

    /// <summary>Read if it exists and no other file is specified.</summary>
    private const string DefaultBudget = "memory-budget.json";

    private static readonly Argument<string[]> Command = new(TargetOptions.CommandArgument)
    {
        Description = "After '--': the program to run and its arguments.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> Budget = new("--budget", "-b")
    {
        Description = $"The budget file. [default: {DefaultBudget}, unless --baseline is given]",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Recording = new("--recording", "-r") { Description = "Check this recording instead of running a program.", HelpName = "FILE" };

    private static readonly Option<string?> Output = new("--output", "-o") { Description = "Keep the recording in this file. Otherwise it is deleted.", HelpName = "FILE" };

    private static readonly Option<string[]> Summaries = new("--summary")
    {
        Description = "Write the results to this file: as JUnit tests (.xml), or as Markdown (.md, .txt or no extension), appended, as $GITHUB_STEP_SUMMARY requires; - is standard output. Can be repeated.",
        HelpName = "FILE",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> Baseline = new("--baseline") { Description = "An earlier recording to compare with; --fail-on sets the limits.", HelpName = "FILE" };

    private static readonly Option<FailOnConditions?> FailOn = new("--fail-on")
    {
        Description = "With --baseline: fail if this condition is met, such as 'allocated>+10%' or 'rss>+50MB', as in diff. Can be repeated.",
        HelpName = "CONDITION",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParseConditions,
    };

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        var command = new DocumentedCommand("check", Summary, Details) { Command, Budget, Recording, Output, Summaries, Baseline, FailOn, OutputOptions.Force };
        command.Validators.Add(RequireConsistency);
        command.SetAction(async (parsed, _) => Request(parsed) is var request && Conflict(request) is { } conflict
            ? CommandLine.Reject(parsed.CommandResult, conflict)
            : await new CheckRun(request).ExecuteAsync());
        return command;
    }

    private static CheckRequest Request(ParseResult parsed)
    {
        var baseline = parsed.GetValue(Baseline);
        return new CheckRequest
        {
            Command = [.. parsed.GetValue(Command) ?? []],
            Budget = parsed.GetValue(Budget) ?? (baseline is null || File.Exists(DefaultBudget) ? DefaultBudget : null),
            Recording = parsed.GetValue(Recording),
            Output = parsed.GetValue(Output),
            Summaries = [.. (parsed.GetValue(Summaries) ?? []).DistinctBy(Path.GetFullPath)],
            Baseline = baseline,
            FailOn = (parsed.GetValue(FailOn) ?? FailOnConditions.None).OfRecordings,
            Overwrite = parsed.GetValue(OutputOptions.Force),
        };
    }

    private static void RequireConsistency(CommandResult result)
    {
        // Before '--', the parser takes what it does not recognize for the command to launch.
        if (result.GetResult(Command)?.Tokens is [{ Value: ['-', ..] } option, ..])
            result.AddError(CommandLine.Unrecognized(option.Value, result));
        else if (IsGiven(result, Recording) == result.GetResult(Command) is { Tokens.Count: > 0 })
            result.AddError("Specify what to check: either -- COMMAND or --recording FILE.");
        if (IsGiven(result, Recording) && IsGiven(result, Output))
            result.AddError("--output keeps a new recording; --recording checks an existing one.");
        if (IsGiven(result, Baseline) != IsGiven(result, FailOn))
            result.AddError("--baseline and --fail-on require each other.");
    }

    /// <summary>Why a file cannot be written, or null.</summary>
    private static string? Conflict(CheckRequest request)
    {
        string[] inputs = [.. new[] { request.Budget, request.Recording, request.Baseline }.OfType<string>()];
        var summary = request.Summaries.FirstOrDefault(file => OutputOptions.IsOneOf(file, [.. inputs, .. new[] { request.Output }.OfType<string>()]));
        return summary is null ? OutputOptions.Conflict(request.Output, inputs) : $"--summary '{summary}' is another file of this command.";
    }

    private static FailOnConditions ParseConditions(ArgumentResult result)
    {
        var conditions = FailOnConditions.Parse(result);
        if (conditions.OfHeaps is [var condition, ..])
            result.AddError($"--fail-on '{condition.Text}' requires heap snapshots; 'dotnet-memtrace diff' compares those.");
        return conditions;
    }

    private static bool IsGiven(CommandResult result, Option option) => result.GetResult(option) is { Implicit: false };
}

/// <summary>The options of a <c>check</c>.</summary>
internal sealed record CheckRequest
{
    /// <summary>The program to run; empty to check a recording.</summary>
    public required ImmutableArray<string> Command { get; init; }

    /// <summary>The file of budgets; null for none.</summary>
    public required string? Budget { get; init; }

    /// <summary>The recording to check; null to run a program.</summary>
    public required string? Recording { get; init; }

    /// <summary>Where to keep the recording of the program; null not to keep it.</summary>
    public required string? Output { get; init; }

    /// <summary>Where to write the results.</summary>
    public required ImmutableArray<string> Summaries { get; init; }

    /// <summary>The recording to compare with, or null.</summary>
    public required string? Baseline { get; init; }

    /// <summary>The growth over the baseline that fails.</summary>
    public required ImmutableArray<FailCondition> FailOn { get; init; }

    /// <summary>Whether to overwrite existing files.</summary>
    public required bool Overwrite { get; init; }
}

/// <summary>One run of <c>check</c>: records, evaluates, reports.</summary>
/// <param name="request">The options.</param>
internal sealed class CheckRun(CheckRequest request)
{
    private readonly ImmutableArray<SummaryFile> _summaries = [.. request.Summaries.Select(file => new SummaryFile(file, request.Overwrite))];

    /// <summary>Checks.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExecuteAsync()
    {
        try
        {
            var budgets = request.Budget is { } file ? BudgetFile.Read(file) : [];
            var before = request.Baseline is { } baseline ? Analyze(baseline) : null;
            if (request.Output is { } output)
                OutputFile.RequireFree(output, request.Overwrite);
            foreach (var summary in _summaries)
                summary.RequireWritable();
            if (request.Recording is { } recording)
                return Evaluate(budgets, before, Analyze(recording));

            LauncherNotice.Announce(request.Command, "check");
            using var folder = new TemporaryFolder();
            return await RunAsync(budgets, before, request.Output ?? folder.File("recording.nettrace"));
        }
        catch (FileNotFoundException error) when (error.FileName == Path.GetFullPath(request.Budget ?? ""))
        {
            return Errors.Fail(ExitCode.TracingError, $"{InputFile.Missing(request.Budget!)} Write the budgets into it ('dotnet-memtrace check --help'), or specify another file with --budget.");
        }
        catch (Exception error) when (error is BudgetFileException or RecordingException or IOException or UnauthorizedAccessException)
        {
            return Errors.Fail(ExitCode.TracingError, FailureText.Of(error));
        }
    }

    private async Task<int> RunAsync(ImmutableArray<Budget> budgets, MemoryProfile? before, string file)
    {
        var session = new TargetSession(cancellation => Target.LaunchAsync(request.Command, CommandStreams.Shared, cancellation));
        var exitCode = await session.RunAsync(() => { }, async (target, stop) =>
        {
            var recorder = new Recorder(target, new RecordingOptions(file) { Overwrite = request.Overwrite });
            using var registration = stop.Requested.Register(recorder.Stop);
            var recording = recorder.RunAsync(CancellationToken.None);
            var started = await LauncherNotice.SearchAsync(target, recording);
            return new EndedRecording(await recording, TimeProvider.System.GetTimestamp())
            {
                AfterCommand = () => LauncherNotice.Write(target.Description, started.Found, "check"),
            };
        });
        if (exitCode == ExitCode.Ok)
            return Evaluate(budgets, before, Analyze(file));
        if (File.Exists(file))
            Errors.Write($"the program failed with exit code {exitCode}; its memory was not checked.");
        return exitCode;
    }

    private static MemoryProfile Analyze(string file) => RecordingAnalysis.Analyze(file, new AnalysisOptions());

    private int Evaluate(ImmutableArray<Budget> budgets, MemoryProfile? before, MemoryProfile profile)
    {
        var outcomes = budgets.Select(budget => budget.Check(profile)).ToList();
        if (outcomes.Find(outcome => outcome.Amount is null) is { } unknown)
            return Errors.Fail(ExitCode.TracingError, $"{unknown.Budget.Title} cannot be checked: {MissingData(unknown.Budget, profile)}.");
        if (before is not null && DiffRun.Missing(request.FailOn.Select(DiffRun.Asked), before, profile) is { } missing)
            return Errors.Fail(ExitCode.TracingError, missing);

        ImmutableArray<CheckLine> lines = [.. outcomes.Select(CheckLine.Of), .. before is null ? [] : request.FailOn.Select(condition => Compare(condition, before, profile))];
        foreach (var line in lines)
            Console.Error.WriteLine(TerminalText.Clean(line.Text));
        foreach (var summary in _summaries)
            summary.Write(lines);
        return lines.Any(line => line.Failure is not null) ? ExitCode.ConditionMet : ExitCode.Ok;
    }

    private string MissingData(Budget budget, MemoryProfile profile)
    {
        if (budget.Measure == BudgetMeasure.Allocated)
            return "allocations were not recorded. Record with 'dotnet-memtrace collect'";
        if (budget.Measure == BudgetMeasure.Growth && profile.Memory.Rss is not null)
            return "the recording is too short. Growth takes ten seconds or more to show";
        if (budget.Measure != BudgetMeasure.PeakGcHeap && budget.Measure != BudgetMeasure.PeakGcCommitted)
            return "the resident set was not recorded. Record with 'dotnet-memtrace collect'";
        return request.Recording is null
            ? "there was no garbage collection, and only collections report it. Use peakRss for a program that does not collect"
            : "there was no garbage collection, and only collections report it. Record with 'dotnet-memtrace collect --gc-at-end'";
    }

    // Both runs do the same work, so their totals are compared, however long they took.
    private static CheckLine Compare(FailCondition condition, MemoryProfile before, MemoryProfile after)
    {
        var outcome = condition.Evaluate(before, after, Normalization.None);
        if (!outcome.HasMatches)
            Errors.Warn(DiffRun.NoMatch(condition.Text));
        var change = ChangeText.Format(outcome.Change, Glyphs.Ascii);
        return new CheckLine(condition.Text, null, change, outcome.Met ? $"{condition.Text}: {change}" : null);
    }
}
