using System.CommandLine;
using System.CommandLine.Parsing;
using Memtrace.Analysis;
using Memtrace.Processes;
using Memtrace.Profiles;
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
        The recording is a single .nettrace file. It is valid at any time: you can read it while it is being written, even if the
        process or this tool is killed. Recording stops when you stop it (q, Ctrl+C or SIGTERM), after --duration, at --max-size, or
        when the process exits; then the summary of the report is shown. Press Ctrl+C a second time to quit immediately.

        Without -p, -n, --diagnostic-port or a command, pick the process from a list (on a terminal).

        Examples:
          dotnet-memtrace collect -p 1234                        attach and record until Ctrl+C
          dotnet-memtrace collect -n MyApp --duration 30s        record for 30 seconds
          dotnet-memtrace collect -p 1234 --leak                 find out in 60 s whether it leaks, and where
          dotnet-memtrace collect -p 1234 --live                 also record which objects survive, by type and call site
          dotnet-memtrace collect -- dotnet MyApp.dll --port 80  launch a program and record it from the start

        Exit codes: 0 recorded; 1 could not attach or launch; 2 the recording failed; 3 invalid arguments; 4 the runtime does not support
        diagnostics. If a launched program exits by itself, its exit code is passed on (128 + n if it was killed by signal n).
        """;

    private static readonly TargetOptions Target = new();

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "The file to write. [default: <app>_<yyyyMMdd>_<HHmmss>.nettrace]",
        HelpName = "FILE",
    };

    private static readonly Option<TimeSpan?> Duration = OptionFactory.Time("--duration", $"Stop after this time: dd:hh:mm:ss, or {DurationArgument.Examples}. It counts from the end of a collection or snapshot at the start.", 1);

    private static readonly Option<long?> MaxSize = OptionFactory.Size("--max-size", $"Stop when the file reaches this size, such as {SizeArgument.Examples}.", 100);

    private static readonly Option<SamplingChoice> Sampling = OptionFactory.Choice<SamplingChoice>(
        "--sampling",
        "How to sample allocations. randomized: unbiased, requires .NET 10; tick: about one sample per 100 KB, biased if allocations follow a pattern; "
            + "auto (default): the best the runtime supports. While randomized sampling is on, other tools get no allocation ticks from the process.");

    private static readonly Option<bool> Stacks = new("--stacks") { Description = "Record call stacks (default)." };

    private static readonly Option<bool> NoStacks = new("--no-stacks") { Description = "Do not record call stacks: lower overhead, but no call sites." };

    private static readonly Option<bool> Live = new("--live")
    {
        Description = "Also record which objects survive. Each background collection then pauses the process for a heap walk: "
            + "about 0.1 s per GB of small objects, more on a busy machine.",
    };

    private static readonly Option<TimeSpan?> MaxPause = OptionFactory.Time("--max-pause", "With --live: stop recording survival after a heap walk that paused the process for longer than this. [default: 500ms]");

    private static readonly Option<bool> GcAtStart = new("--gc-at-start")
    {
        Description = "Force a full blocking collection when the recording starts.",
    };

    private static readonly Option<bool> GcAtEnd = new("--gc-at-end")
    {
        Description = "Force a full blocking collection before the recording ends; with --live, the only garbage that then counts as live "
            + "is what waits for finalizers. Only --gc-at-*, --heap-at-* and --leak force collections.",
    };

    private static readonly Option<bool> HeapAtStart = new("--heap-at-start")
    {
        Description = "Take a heap snapshot when the recording starts and save it beside the recording: NAME.start.memsnap. The process is paused for a full "
            + "blocking collection and a walk over its heap.",
    };

    private static readonly Option<bool> HeapAtEnd = new("--heap-at-end")
    {
        Description = "Take a heap snapshot before the recording ends: NAME.end.memsnap. With --live, the report then says what holds the objects that accumulate.",
    };

    private static readonly Option<TimeSpan?> Leak = OptionFactory.OptionalTime(
        "--leak",
        "Find out whether the process leaks, which line allocates what accumulates, and what holds it: record for this long with --live, --gc-at-start, "
            + "--gc-at-end, --heap-at-start and --heap-at-end. [default: 60s]",
        TimeSpan.FromSeconds(60));

    private static readonly Option<bool> NoBreakdown = new("--no-breakdown")
    {
        Description = "Take no memory map snapshots. They are taken at the start, near new peaks, at the end, and otherwise at most every 5 s; "
            + "if the process maps memory meanwhile, it waits about 25 ms per GB of resident memory.",
    };

    private static readonly Option<TimeSpan?> Interval = OptionFactory.Time("--interval", "How often to sample RSS and the operating system's other counters. [default: 100ms]", 10);

    private static readonly Option<int?> BufferSize = OptionFactory.Number(
        "--buffersize", "Size limit of the runtime's event buffer in MB, up to 4096. The part in use counts towards the process's memory. [default: 256]", 1, 4096);

    private static readonly Option<bool> ResumeRuntime = new("--resume-runtime")
    {
        Description = "Resume a runtime that was started suspended and waits for a diagnostic tool. A launched program is always resumed.",
    };

    private static readonly Option<bool> ShowChildIo = new("--show-child-io") { Description = "Connect the launched program to this terminal's input and output." };

    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Show no status line and no report." };

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        var command = new DocumentedCommand("collect", Summary, Details);
        Target.AddTo(command);
        foreach (var option in new Option[]
        {
            Output, OutputOptions.Force, Duration, MaxSize, Leak, Live, MaxPause, GcAtStart, GcAtEnd, HeapAtStart, HeapAtEnd, Sampling, Stacks, NoStacks, NoBreakdown, Interval, BufferSize, ResumeRuntime, ShowChildIo, Quiet,
        })
            command.Add(option);
        command.Validators.Add(RequireConsistency);
        command.SetAction((parsed, cancellation) => new CollectRun(parsed, Target, Request(parsed)).ExecuteAsync());
        return command;
    }

    private static CollectRequest Request(ParseResult parsed)
    {
        var leak = parsed.GetResult(Leak) is null ? null : parsed.GetValue(Leak);
        return new CollectRequest(
            new RecordingOptions(parsed.GetValue(Output) ?? "")
            {
                Overwrite = parsed.GetValue(OutputOptions.Force),
                Duration = leak ?? parsed.GetValue(Duration),
                MaxSize = parsed.GetValue(MaxSize),
                Sampling = parsed.GetValue(Sampling),
                Stacks = !parsed.GetValue(NoStacks),
                Live = leak is not null || parsed.GetValue(Live),
                MaxPause = parsed.GetValue(MaxPause) ?? TimeSpan.FromMilliseconds(500),
                CollectAtStart = leak is not null || parsed.GetValue(GcAtStart),
                CollectAtEnd = leak is not null || parsed.GetValue(GcAtEnd),
                Breakdown = !parsed.GetValue(NoBreakdown),
                Interval = parsed.GetValue(Interval) ?? TimeSpan.FromMilliseconds(100),
                BufferSizeMB = parsed.GetValue(BufferSize) ?? 256,
                ResumeRuntime = parsed.GetValue(ResumeRuntime),
                AnswerTimeout = TargetOptions.AnswerTimeout,
            },
            parsed.GetValue(ShowChildIo),
            parsed.GetValue(Quiet))
        {
            HeapAtStart = leak is not null || parsed.GetValue(HeapAtStart),
            HeapAtEnd = leak is not null || parsed.GetValue(HeapAtEnd),
        };
    }

    // Asks whether an option is given, not for its value: reading the value of an option with an error throws.
    private static void RequireConsistency(CommandResult result)
    {
        if (IsGiven(result, Stacks) && IsGiven(result, NoStacks))
            result.AddError("--stacks and --no-stacks cannot be combined.");
        if (IsGiven(result, MaxPause) && !IsGiven(result, Live) && !IsGiven(result, Leak))
            result.AddError("--max-pause requires --live.");
        if (IsGiven(result, Leak) && IsGiven(result, Duration))
            result.AddError("--leak and --duration cannot be combined: --leak takes the duration itself, such as --leak 5m.");
    }

    private static bool IsGiven(CommandResult result, Option option) => result.GetResult(option) is { Implicit: false };
}

/// <summary>The options of a <c>collect</c>, apart from the target.</summary>
/// <param name="Recording">What to record. The file name is empty if none was given.</param>
/// <param name="ShowChildIo">Whether a launched program shares the terminal.</param>
/// <param name="Quiet">Whether to show neither status nor report.</param>
internal sealed record CollectRequest(RecordingOptions Recording, bool ShowChildIo, bool Quiet)
{
    /// <summary>Whether to take a heap snapshot at the start.</summary>
    public bool HeapAtStart { get; init; }

    /// <summary>Whether to take one at the end.</summary>
    public bool HeapAtEnd { get; init; }
}

/// <summary>One run of <c>collect</c>: opens the target, records, reports the outcome.</summary>
internal sealed class CollectRun(ParseResult parsed, TargetOptions targets, CollectRequest request)
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Writes a line while the recording runs.</summary>
    private Action<string> _say = Notice.Write;

    /// <summary>Whether the last line of a terminal is free for the status.</summary>
    private bool HasStatusLine => !request.Quiet && !Console.IsErrorRedirected && !(request.ShowChildIo && targets.IsLaunch(parsed));

    /// <summary>Records.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> ExecuteAsync() => new TargetSession(cancellation => targets.OpenAsync(parsed, request.ShowChildIo ? CommandStreams.Shared : CommandStreams.Hidden, cancellation)).RunAsync(RefuseFile, RecordAsync);

    private async Task<EndedRecording> RecordAsync(Target target, StopRequests stop)
    {
        var options = Options(target, stop);
        if (request.Recording.File.Length == 0)
            RefuseFiles(options.File);
        if (!request.Quiet)
            PauseAnnouncement.Write(options, target.Description.ProcessId);
        var recorder = new Recorder(target, options);
        using var registration = stop.Requested.Register(recorder.Stop);
        var recording = WithStatusLineAsync(recorder, stop);
        var started = await LauncherNotice.SearchAsync(target, recording);
        var result = await recording;
        var stoppedAt = TimeProvider.System.GetTimestamp();

        foreach (var missed in result.Missed)
            Notice.Write(missed);
        Notice.Write(RecordingEndText.Format(result, options));
        if (result.SurvivalStopped is { } reason)
            Notice.Write($"Survival was recorded only in part: {reason}.");
        await ShowErrorsAsync(target, result);
        if (!request.Quiet)
        {
            ShowFirstPage(result.File);
            if (request.HeapAtEnd)
                SuggestHeap(result.File);
        }

        return new EndedRecording(result, stoppedAt)
        {
            AfterCommand = request.Quiet ? null : () => LauncherNotice.Write(target.Description, started.Found, "collect"),
        };
    }

    private RecordingOptions Options(Target target, StopRequests stop)
    {
        var options = request.Recording with { File = FileFor(target) };
        if (target.Description.IsAheadOfTime != true)
            return WithSnapshots(target, options, stop);
        if (options.Live)
            Errors.Warn("--live is ignored: this program is compiled ahead of time (NativeAOT), and its runtime does not report what survives.");
        if (request.HeapAtStart || request.HeapAtEnd)
            Errors.Warn("no heap snapshots are taken: this program is compiled ahead of time (NativeAOT), and its runtime has no type names.");
        return options with { Live = false };
    }

    private RecordingOptions WithSnapshots(Target target, RecordingOptions options, StopRequests stop)
    {
        var atStart = new RecordedSnapshot(target, RecordedSnapshot.FileAtStart(options.File), options.Overwrite, "at the start", line => _say(line));
        var atEnd = new RecordedSnapshot(target, RecordedSnapshot.FileAtEnd(options.File), options.Overwrite, "at the end", line => _say(line));
        return options with
        {
            SnapshotAtStart = request.HeapAtStart ? interruption => atStart.TakeAsync(interruption, interruption.Token) : null,
            SnapshotAtEnd = request.HeapAtEnd ? interruption => stop.RunOptionalAsync(token => atEnd.TakeAsync(interruption, token), interruption.Token) : null,
        };
    }

    // A program that fails says why; otherwise its output is of no interest here.
    private static async Task ShowErrorsAsync(Target target, RecordingResult result)
    {
        if (target.CommandExit is not { } exit || !result.End.Reason.IsProcessEnd() || await exit == new TargetExit(0, null) || target.CommandErrors is not { } errors)
            return;
        Console.Error.WriteLine("Its standard error ended with:");
        foreach (var line in errors.Split('\n'))
            Console.Error.WriteLine("  " + TerminalText.Clean(line));
    }

    private async Task<RecordingResult> WithStatusLineAsync(Recorder recorder, StopRequests stop)
    {
        // Interactive is set because the library would decide by standard input as well; without control codes it would write a line per update.
        var settings = new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error), Interactive = InteractionSupport.Yes };
        var console = AnsiConsole.Create(settings);
        if (!HasStatusLine || !console.Profile.Capabilities.Ansi)
            return await recorder.RunAsync(CancellationToken.None);

        using var over = new CancellationTokenSource();
        var keys = Console.IsInputRedirected ? Task.CompletedTask : stop.WatchKeysAsync(over.Token);
        var recording = recorder.RunAsync(CancellationToken.None);
        var status = new RecordingStatus();

        // The spinner and a space precede the text; the last column stays free, or some terminals wrap.
        string Line() => Markup.Escape(status.Format(recorder.Progress, console.Profile.Width - 4));

        // Padded, because the status line that it replaces may be longer.
        _say = notice => console.Write(new Align(new Text(TerminalText.Clean(notice)), HorizontalAlignment.Left));
        await console.Status().Spinner(Spinner.Known.Line).StartAsync(Line(), async context =>
        {
            while (!recording.IsCompleted)
            {
                context.Status = Line();
                await Task.WhenAny(recording, Task.Delay(StatusInterval));
            }
        });
        _say = Notice.Write;
        await over.CancelAsync();
        await keys;
        return await recording;
    }

    private void RefuseFile()
    {
        if (!request.Quiet)
            LauncherNotice.Announce(targets.Command(parsed), "collect");
        if (request.Recording.File is { Length: > 0 } file)
            RefuseFiles(file);
    }

    private void RefuseFiles(string file)
    {
        OutputFile.RequireFree(file, request.Recording.Overwrite);
        if (request.HeapAtStart)
            OutputFile.RequireFree(RecordedSnapshot.FileAtStart(file), request.Recording.Overwrite);
        if (request.HeapAtEnd)
            OutputFile.RequireFree(RecordedSnapshot.FileAtEnd(file), request.Recording.Overwrite);
    }

    private string FileFor(Target target) => request.Recording.File.Length > 0 ? request.Recording.File : RecordingName.For(target.Description.Name);

    private static void ShowFirstPage(string file)
    {
        try
        {
            ReportRenderer.Summary(JoinedInput.ExplainIfPossible(file, new AnalysisOptions()), ReportConsole.StandardOutput());
        }
        catch (RecordingException error)
        {
            Errors.Write(error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandException.OutputFailed(error);
        }
    }

    private static void SuggestHeap(string recording)
    {
        var (atStart, atEnd) = (RecordedSnapshot.FileAtStart(recording), RecordedSnapshot.FileAtEnd(recording));
        if (!File.Exists(atEnd))
            return;
        Console.Error.WriteLine($"What is on the heap, who holds it and who allocated it: dotnet-memtrace heap {ShellText.Quote(atEnd)} --recording {ShellText.Quote(recording)}");
        if (File.Exists(atStart))
            Console.Error.WriteLine($"What was added meanwhile: dotnet-memtrace heap {ShellText.Quote(atEnd)} --against {ShellText.Quote(atStart)}");
    }
}
