using System.CommandLine;
using System.CommandLine.Parsing;
using Memtrace.Recording;
using Memtrace.Recording.Buffering;
using Memtrace.Sessions;
using Memtrace.Tool.Arguments;

namespace Memtrace.Tool.Commands.Monitor;

/// <summary><c>dotnet-memtrace monitor</c>: looks at a process while it runs.</summary>
internal static class MonitorCommand
{
    private const string Summary = "Watch a .NET process live: memory, allocations by type and call site, collections; save the last minutes as a recording.";

    private const string Details = """
        On a terminal it fills the screen. When the process ends, the last picture stays, and what led to it can be saved. Without a
        terminal, or with --format json, csv or text, it writes a line at each interval until --duration, the end of the process, Ctrl+C
        or SIGTERM.

        Keys (the most of them; ? lists all):
          t m        types, or types by call site; methods with what they call (total) and without (own)
          r a l g o  sort by rate, allocated or total, live, growth, own
          enter esc  open the stacks of a row; back
          / p        filter by type or method; let the picture stand still
          w c        where the memory is; the collections, and the heap by generation
          s G        save the last minutes as a recording for 'report'; induce a full collection (asks)
          q          quit

        What it shows at a moment is what a report of the same stream would show. Rates are those of the last 5 seconds.

        Examples:
          dotnet-memtrace monitor                                    choose a process from a list
          dotnet-memtrace monitor -p 1234                            watch it
          dotnet-memtrace monitor -n MyApp --live                    and what lives, grows and survives
          dotnet-memtrace monitor -p 1234 --format json > app.jsonl  a line of JSON a second
          dotnet-memtrace monitor -p 1234 --format csv --refresh-interval 10s --duration 1h > app.csv
          dotnet-memtrace monitor -- dotnet MyApp.dll --port 80      from the first instruction on

        Exit codes: 0 watched, 1 no session, 2 it failed, 3 wrong arguments, 4 a runtime without diagnostics (Native AOT).
        When a launched program ends by itself, its own exit code is passed on (128 + n if signal n killed it).
        """;

    private static readonly TargetOptions Target = new();

    /// <summary>Half as often as a recording by default: this one goes on for hours, and to be woken costs it more than the reading.</summary>
    private static readonly TimeSpan ReadingInterval = TimeSpan.FromMilliseconds(200);

    private static readonly Option<TimeSpan?> RefreshInterval = OptionFactory.Time("--refresh-interval", "Time between two pictures or lines. [default: 1s]", 100);

    private static readonly Option<TimeSpan?> Duration = OptionFactory.Time("--duration", $"Stop after this time: dd:hh:mm:ss, or {DurationArgument.Examples}.", 1);

    private static readonly Option<MonitorFormat> Format = OptionFactory.Choice<MonitorFormat>(
        "--format", "table (default): the full screen; json: an object a line; csv: a row; text: a line for people. Without a terminal table is text.");

    private static readonly Option<string?> Buffer = new("--buffer")
    {
        Description = "How much is kept for saving: a time, a size, or both with a comma; in a temporary file. [default: 5m,256MB]",
        HelpName = "TIME,SIZE",
    };

    private static readonly Option<SamplingChoice> Sampling = OptionFactory.Choice<SamplingChoice>(
        "--sampling", "Allocation events, as in 'collect': auto (default), randomized, tick or none.");

    private static readonly Option<bool> Live = new("--live")
    {
        Description = "Show also what lives, grows and survives. Every background collection then stops the process for a walk of its heap: about 0.1 s for each "
            + "GB of small objects, more on a busy machine; after a stop of 500 ms it goes on without.",
    };

    private static readonly Option<bool> NoLive = new("--no-live") { Description = "Do not show what lives (the default)." };

    private static readonly Option<int?> Top = OptionFactory.Number("--top", "Types and call sites in each line of json. [default: 10]", 0);

    private static readonly Option<bool> ResumeRuntime = new("--resume-runtime")
    {
        Description = "Resume a runtime that waits at its start for a diagnostic tool. A launched program is always resumed.",
    };

    /// <summary>The command, ready to be added to the root.</summary>
    public static Command Create()
    {
        Buffer.Validators.Add(result => _ = BufferArgument.TryParse(result.Tokens[0].Value, out _) || Refuse(result));
        var command = new DocumentedCommand("monitor", Summary, Details);
        Target.AddTo(command);
        foreach (var option in new Option[] { Live, NoLive, RefreshInterval, Duration, Format, Top, Buffer, Sampling, ResumeRuntime })
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(Live) is not null && result.GetResult(NoLive) is not null)
                result.AddError("--live and --no-live exclude each other.");
        });
        command.SetAction((parsed, cancellation) =>
        {
            var request = Request(parsed);
            return new TargetSession(parsed, Target, showChildIo: false).RunAsync(() => { }, (target, stop) => new MonitorRun(request, target, stop).ExecuteAsync());
        });
        return command;
    }

    private static MonitorRequest Request(ParseResult parsed) => new(
        new RecordingOptions("")
        {
            Duration = parsed.GetValue(Duration),
            Sampling = parsed.GetValue(Sampling),
            Live = parsed.GetValue(Live),
            Breakdown = false,
            Interval = ReadingInterval,
            ResumeRuntime = parsed.GetValue(ResumeRuntime),
            AnswerTimeout = TargetOptions.AnswerTimeout,
        },
        parsed.GetValue(Buffer) is { } buffer && BufferArgument.TryParse(buffer, out var limit) ? limit : BufferLimit.Default,
        parsed.GetValue(RefreshInterval) ?? TimeSpan.FromSeconds(1),
        parsed.GetValue(Format),
        parsed.GetValue(Top) ?? 10);

    private static bool Refuse(OptionResult result)
    {
        result.AddError($"--buffer '{result.Tokens[0].Value}' is not {BufferArgument.Expected}.");
        return false;
    }
}

/// <summary>What <c>monitor</c> shows.</summary>
internal enum MonitorFormat
{
    /// <summary>The full screen.</summary>
    Table,

    /// <summary>Objects, one a line.</summary>
    Json,

    /// <summary>Rows.</summary>
    Csv,

    /// <summary>Lines for people.</summary>
    Text,
}

/// <summary>What <c>monitor</c> was asked for, apart from the target.</summary>
/// <param name="Recording">What to record; no file.</param>
/// <param name="Buffer">How much to keep for saving.</param>
/// <param name="Interval">Time between two pictures or lines.</param>
/// <param name="Format">What to show.</param>
/// <param name="Top">Types and call sites in a line of JSON.</param>
internal sealed record MonitorRequest(RecordingOptions Recording, BufferLimit Buffer, TimeSpan Interval, MonitorFormat Format, int Top);
