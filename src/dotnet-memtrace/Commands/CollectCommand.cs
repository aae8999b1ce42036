using System.CommandLine;
using System.CommandLine.Parsing;
using Memtrace.Analysis;
using Memtrace.Processes;
using Memtrace.Reading;
using Memtrace.Recording;
using Memtrace.Sessions;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Terminal;
using Spectre.Console;
using Recorder = Memtrace.Recording.Recorder;

namespace Memtrace.Tool.Commands;

/// <summary><c>dotnet-memtrace collect</c>: records a process.</summary>
internal static class CollectCommand
{
    private const string Summary = "Record a .NET process: attach to it without a restart, or launch it.";

    private const string Details = """
        The recording is one .nettrace file. It is whole at every moment: it can be read while it is being written, and after the
        process or this tool was killed. It ends when you stop it (q, Ctrl+C or SIGTERM), after --duration, at --max-size, or with the
        process; then the first page of its report is shown. A second Ctrl+C leaves at once.

        With no target named, a terminal shows a list of the processes to choose from.

        Examples:
          dotnet-memtrace collect -p 1234                        attach, and record until Ctrl+C
          dotnet-memtrace collect -n MyApp --duration 30s        half a minute
          dotnet-memtrace collect -p 1234 --live --gc-at-end     also what stays alive, by type and call site
          dotnet-memtrace collect -- dotnet MyApp.dll --port 80  from the first instruction on

        Exit codes: 0 recorded, 1 no session, 2 the recording failed, 3 wrong arguments, 4 a runtime without diagnostics (Native AOT).
        When a launched program ends by itself, its own exit code is passed on (128 + n if signal n killed it).
        """;

    private static readonly TargetOptions Target = new();

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "The file to write. [default: <app>_<yyyyMMdd>_<HHmmss>.nettrace]",
        HelpName = "FILE",
    };

    private static readonly Option<TimeSpan?> Duration = OptionFactory.Time("--duration", $"Stop after this time: dd:hh:mm:ss, or {DurationArgument.Examples}.", 1);

    private static readonly Option<long?> MaxSize = OptionFactory.Size("--max-size", $"Stop when the file has this size, such as {SizeArgument.Examples}.", 100);

    private static readonly Option<SamplingChoice> Sampling = OptionFactory.Choice<SamplingChoice>(
        "--sampling",
        "Allocation events. randomized: unbiased, from .NET 10 on; tick: one each 100 KB or so, biased where allocation has a pattern; "
            + "auto: the best that the runtime has. Randomized sampling silences the ticks that other tools are recording of the process.");

    private static readonly Option<bool> Stacks = new("--stacks") { Description = "Record call stacks; on unless switched off with --no-stacks." };

    private static readonly Option<bool> NoStacks = new("--no-stacks") { Description = "Record no call stacks: less cost, no call sites." };

    private static readonly Option<bool> Live = new("--live")
    {
        Description = "Record also which objects survive. Every background collection then stops the process for a walk of its heap: "
            + "about 0.1 s for each GB of small objects, more on a busy machine.",
    };

    private static readonly Option<TimeSpan?> MaxPause = OptionFactory.Time("--max-pause", "With --live: after a stop that was longer go on without survival. [default: 500ms]");

    private static readonly Option<bool> GcAtStart = new("--gc-at-start")
    {
        Description = "Have the process do a full, blocking collection when the recording has begun.",
    };

    private static readonly Option<bool> GcAtEnd = new("--gc-at-end")
    {
        Description = "Have the process do a full, blocking collection before the recording ends: with --live, what lives then is exact. Without these "
            + "two options no collection is ever induced.",
    };

    private static readonly Option<bool> NoBreakdown = new("--no-breakdown")
    {
        Description = "Do not record where the memory is. That takes a look at the start, near new peaks and at the end, else every 5 s or more seldom; "
            + "where the process maps memory meanwhile, it waits: some 25 ms for each GB.",
    };

    private static readonly Option<TimeSpan?> Interval = OptionFactory.Time("--interval", "Time between two readings of the operating system's figures. [default: 100ms]", 10);

    private static readonly Option<int?> BufferSize = OptionFactory.Number(
        "--buffersize", "The runtime's event buffer in MB, up to 4096. What is used of it counts in the process's memory. [default: 256]", 1, 4096);

    private static readonly Option<bool> ResumeRuntime = new("--resume-runtime")
    {
        Description = "Resume a runtime that waits at its start for a diagnostic tool. A launched program is always resumed.",
    };

    private static readonly Option<bool> ShowChildIo = new("--show-child-io") { Description = "Let a launched program use this terminal for its input and output." };

    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "No status line and no report at the end." };

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        var command = new DocumentedCommand("collect", Summary, Details);
        Target.AddTo(command);
        foreach (var option in new Option[]
        {
            Output, OutputOptions.Force, Duration, MaxSize, Live, MaxPause, GcAtStart, GcAtEnd, Sampling, Stacks, NoStacks, NoBreakdown, Interval, BufferSize, ResumeRuntime, ShowChildIo, Quiet,
        })
            command.Add(option);
        command.Validators.Add(RequireSense);
        command.SetAction((parsed, cancellation) => new CollectRun(parsed, Target, Request(parsed)).ExecuteAsync());
        return command;
    }

    private static CollectRequest Request(ParseResult parsed) => new(
        new RecordingOptions(parsed.GetValue(Output) ?? "")
        {
            Overwrite = parsed.GetValue(OutputOptions.Force),
            Duration = parsed.GetValue(Duration),
            MaxSize = parsed.GetValue(MaxSize),
            Sampling = parsed.GetValue(Sampling),
            Stacks = !parsed.GetValue(NoStacks),
            Live = parsed.GetValue(Live),
            MaxPause = parsed.GetValue(MaxPause) ?? TimeSpan.FromMilliseconds(500),
            CollectAtStart = parsed.GetValue(GcAtStart),
            CollectAtEnd = parsed.GetValue(GcAtEnd),
            Breakdown = !parsed.GetValue(NoBreakdown),
            Interval = parsed.GetValue(Interval) ?? TimeSpan.FromMilliseconds(100),
            BufferSizeMB = parsed.GetValue(BufferSize) ?? 256,
            ResumeRuntime = parsed.GetValue(ResumeRuntime),
            AnswerTimeout = TargetOptions.AnswerTimeout,
        },
        parsed.GetValue(ShowChildIo),
        parsed.GetValue(Quiet));

    // Whether an option is there, not its value: that of an option with an error cannot be asked for.
    private static void RequireSense(CommandResult result)
    {
        if (IsGiven(result, Stacks) && IsGiven(result, NoStacks))
            result.AddError("--stacks and --no-stacks exclude each other.");
        if (IsGiven(result, MaxPause) && !IsGiven(result, Live))
            result.AddError("--max-pause is about --live, which is not there.");
    }

    private static bool IsGiven(CommandResult result, Option option) => result.GetResult(option) is { Implicit: false };
}

/// <summary>What <c>collect</c> was asked for, apart from the target.</summary>
/// <param name="Recording">What to record. The file's name is empty where none was given.</param>
/// <param name="ShowChildIo">Whether a launched program shares the terminal.</param>
/// <param name="Quiet">Whether to say as little as possible.</param>
internal sealed record CollectRequest(RecordingOptions Recording, bool ShowChildIo, bool Quiet);

/// <summary>One run of <c>collect</c>: opens the target, records, says how it went.</summary>
internal sealed class CollectRun(ParseResult parsed, TargetOptions targets, CollectRequest request)
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether there is a terminal whose last line is ours.</summary>
    private bool HasStatusLine => !request.Quiet && !Console.IsErrorRedirected && !(request.ShowChildIo && targets.IsLaunch(parsed));

    /// <summary>Records.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> ExecuteAsync() => new TargetSession(parsed, targets, request.ShowChildIo).RunAsync(RefuseFile, RecordAsync);

    private async Task<EndedRecording> RecordAsync(Target target, StopRequests stop)
    {
        var options = request.Recording with { File = FileFor(target) };
        SayWhatLiveCosts(options);
        var recorder = new Recorder(target, options);
        using var registration = stop.Requested.Register(recorder.Stop);
        var result = await WithStatusLineAsync(recorder, stop);
        var stoppedAt = Environment.TickCount64;

        Console.Error.WriteLine(RecordingEndText.Format(result, options));
        if (result.SurvivalStopped is { } reason)
            Console.Error.WriteLine(TerminalText.Clean($"Survival was only recorded in part: {reason}."));
        if (!request.Quiet)
            ShowFirstPage(result.File);
        return new EndedRecording(result, stoppedAt);
    }

    private async Task<RecordingResult> WithStatusLineAsync(Recorder recorder, StopRequests stop)
    {
        // The library would ask the standard input, too; without control codes it would write a new line each time.
        var settings = new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error), Interactive = InteractionSupport.Yes };
        var console = AnsiConsole.Create(settings);
        if (!HasStatusLine || !console.Profile.Capabilities.Ansi)
            return await recorder.RunAsync(CancellationToken.None);

        using var over = new CancellationTokenSource();
        var keys = Console.IsInputRedirected ? Task.CompletedTask : stop.WatchKeysAsync(over.Token);
        var recording = recorder.RunAsync(CancellationToken.None);
        var status = new RecordingStatus();

        // The spinner and a space stand in front of the text; the last column stays free, so that no terminal wraps.
        string Line() => Markup.Escape(status.Format(recorder.Progress, console.Profile.Width - 4));
        await console.Status().Spinner(Spinner.Known.Line).StartAsync(Line(), async context =>
        {
            while (!recording.IsCompleted)
            {
                context.Status = Line();
                await Task.WhenAny(recording, Task.Delay(StatusInterval));
            }
        });
        await over.CancelAsync();
        await keys;
        return await recording;
    }

    private void RefuseFile()
    {
        if (request.Recording.File is { Length: > 0 } file)
            OutputFile.RequireFree(file, request.Recording.Overwrite);
    }

    private string FileFor(Target target) => request.Recording.File.Length > 0 ? request.Recording.File : RecordingName.For(target.Description.Name);

    private void SayWhatLiveCosts(RecordingOptions options)
    {
        if (options.Live && !request.Quiet)
            LiveCost.Say(options);
    }

    private static void ShowFirstPage(string file)
    {
        try
        {
            ReportRenderer.Summary(RecordingAnalysis.Analyze(file, new AnalysisOptions()), ReportConsole.StandardOutput());
        }
        catch (RecordingException error)
        {
            Errors.Write(error.Message);
        }
    }
}
