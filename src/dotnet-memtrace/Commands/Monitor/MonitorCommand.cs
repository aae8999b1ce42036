using System.CommandLine;
using System.CommandLine.Parsing;
using Memtrace.Processes;
using Memtrace.Recording;
using Memtrace.Recording.Buffering;
using Memtrace.Sessions;
using Memtrace.Tool.Arguments;

namespace Memtrace.Tool.Commands.Monitor;

/// <summary><c>dotnet-memtrace monitor</c>: shows a process live.</summary>
internal static class MonitorCommand
{
    private const string Summary = "Watch a .NET process live: memory, allocations by type and call site, collections. Can save the last minutes as a recording.";

    private const string Details = """
        On a terminal it uses the full screen. When the process exits, the last screen stays, and you can still save the last minutes. Without a
        terminal, or with --format json, csv or text, it writes one line per interval until --duration, the exit of the process, Ctrl+C or
        SIGTERM.

        Keys (? lists all):
          t m        types, or types by call site; methods with callees (total) and without (self)
          r a l g o  sort by rate, allocated or total, live, growth, self
          enter esc  show the stacks of a row; back
          / p        filter by type or method; pause the display
          w c        memory breakdown; collections, and the heap by generation
          s G        save the last minutes as a recording for 'report'; force a full collection (asks first)
          H v        take a heap snapshot: types and suspects, and what changed since the one before (asks first); view the last one
          q          quit

        It always shows what a report of the same stream would show. Rates cover the last 5 seconds.

        Examples:
          dotnet-memtrace monitor                                    pick a process from a list
          dotnet-memtrace monitor -p 1234                            watch it
          dotnet-memtrace monitor -n MyApp --live                    also live objects and growth
          dotnet-memtrace monitor -p 1234 --format json > app.jsonl  one line of JSON per second
          dotnet-memtrace monitor -p 1234 --format csv --refresh-interval 10s --duration 1h > app.csv
          dotnet-memtrace monitor -- dotnet MyApp.dll --port 80      launch, and watch from the first instruction

        Exit codes: 0 success; 1 could not attach or launch; 2 the recording failed; 3 invalid arguments; 4 the runtime does not support diagnostics.
        If a launched program exits by itself, its exit code is passed on (128 + n if it was killed by signal n).
        """;

    private static readonly TargetOptions Target = new();

    /// <summary>Twice the default interval of a recording: a monitor may run for hours, and waking up costs it more than reading.</summary>
    private static readonly TimeSpan ReadingInterval = TimeSpan.FromMilliseconds(200);

    private static readonly Option<TimeSpan?> RefreshInterval = OptionFactory.Time("--refresh-interval", "Refresh interval. [default: 1s]", 100);

    private static readonly Option<TimeSpan?> Duration = OptionFactory.Time("--duration", $"Stop after this time: dd:hh:mm:ss, or {DurationArgument.Examples}.", 1);

    private static readonly Option<MonitorFormat> Format = OptionFactory.Choice<MonitorFormat>(
        "--format", "table (default): full screen; json, csv, text: one object, row or line per interval. Without a terminal, table means text.");

    private static readonly Option<string?> Buffer = BufferArgument.CreateOption();

    private static readonly Option<SamplingChoice> Sampling = OptionFactory.Choice<SamplingChoice>(
        "--sampling", "Allocation events, as in 'collect': auto (default), randomized, tick or none.");

    private static readonly Option<bool> Live = new("--live")
    {
        Description = "Also show live objects and growth. Each background collection then pauses the process for a heap walk: about 0.1 s per "
            + "GB of small objects, more on a busy machine; after a pause of more than 500 ms, survival is no longer recorded.",
    };

    private static readonly Option<bool> NoLive = new("--no-live") { Description = "Do not show live objects (the default)." };

    private static readonly Option<int?> Top = OptionFactory.Number("--top", "Number of types and call sites in each line of JSON. [default: 10]", 0);

    private static readonly Option<bool> ResumeRuntime = new("--resume-runtime")
    {
        Description = "Resume a runtime that was started suspended and waits for a diagnostic tool. A launched program is always resumed.",
    };

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new DocumentedCommand("monitor", Summary, Details);
        Target.AddTo(command);
        foreach (var option in new Option[] { Live, NoLive, RefreshInterval, Duration, Format, Top, Buffer, Sampling, ResumeRuntime })
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(Live) is not null && result.GetResult(NoLive) is not null)
                result.AddError("--live and --no-live cannot be combined.");
        });
        command.SetAction((parsed, cancellation) =>
        {
            var request = Request(parsed);
            return new TargetSession(cancellation => Target.OpenAsync(parsed, CommandStreams.Hidden, cancellation)).RunAsync(() => { }, (target, stop) => new MonitorRun(request, target, stop).ExecuteAsync());
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
        BufferArgument.Limit(parsed.GetValue(Buffer)),
        parsed.GetValue(RefreshInterval) ?? TimeSpan.FromSeconds(1),
        parsed.GetValue(Format),
        parsed.GetValue(Top) ?? 10);
}

/// <summary>The output formats of <c>monitor</c>.</summary>
internal enum MonitorFormat
{
    /// <summary>The full screen.</summary>
    Table,

    /// <summary>One JSON object per line.</summary>
    Json,

    /// <summary>CSV rows.</summary>
    Csv,

    /// <summary>Readable lines.</summary>
    Text,
}

/// <summary>The arguments of <c>monitor</c>, except for the target.</summary>
/// <param name="Recording">What to record, without a file.</param>
/// <param name="Buffer">How much to buffer for saving.</param>
/// <param name="Interval">Refresh interval.</param>
/// <param name="Format">Output format.</param>
/// <param name="Top">Number of types and call sites in a line of JSON.</param>
internal sealed record MonitorRequest(RecordingOptions Recording, BufferLimit Buffer, TimeSpan Interval, MonitorFormat Format, int Top);
