using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using Memtrace.Recording;
using Memtrace.Recording.Buffering;
using Memtrace.Sessions;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Commands.Heap;
using Memtrace.Watching;
using Memtrace.Watching.Captures;
using Memtrace.Watching.Rules;

namespace Memtrace.Tool.Commands.Watch;

/// <summary><c>dotnet-memtrace watch</c>: watches processes unattended, and saves the evidence when something happens.</summary>
internal static class WatchCommand
{
    private const string Summary = "Watch .NET processes unattended: buffer the last minutes of each, and save them or a heap snapshot when a condition is met.";

    private const string Details = """
        Conditions (--when, or 'when' in a file; docs/watch.md):
          rss > 80% of limit        also gc-heap, gc-committed, container, available, swap: a size, or N% of limit or of machine
          gc-heap > 2GiB for 5m     must hold for 5 minutes
          growth > 1MiB/s for 10m   over the last 10 minutes, beyond its error; also fills-in < 5m, paused > 20%, allocation > 1GB/s
          threads > 500
          finding managed-leak      a finding of the report (this one requires --live); with a minimum severity: finding swap critical
          exit, crash, oom-kill     the process has ended

        Actions (--do, or 'do' in a file), taken in order:
          recording [after 1m]      save the last minutes and what follows, for 'report'
          heap                      take a heap snapshot in the way that pauses the process less, unless the pause could be longer than --max-pause
          core                      have the runtime write a core dump, under the same condition
          run COMMAND               run a command with the details in its environment (MEMTRACE_PID, MEMTRACE_FILES, ...)
          webhook URL               send the details as JSON

        Without --when and --config: rss > 80% of limit, crash, oom-kill. Without --do: heap, then recording. A condition that is
        met must stop holding before it can be met again. --cool-down, --per-hour and --per-day limit how often a rule acts, even across
        restarts.

        Examples:
          dotnet-memtrace watch -n MyApp --when 'rss > 80% of limit' --directory /var/lib/memtrace
          dotnet-memtrace watch --all --config /etc/memtrace/watch.conf --directory /var/lib/memtrace
          dotnet-memtrace watch --all --listen 127.0.0.1:9464
          dotnet-memtrace watch --all --otlp http://collector:4318
          dotnet-memtrace watch --all --profiles http://pyroscope:4040 --label env=prod
          dotnet-memtrace watch -n MyApp --arm-at 'rss > 60% of limit' --when 'rss > 80% of limit'
          dotnet-memtrace watch --check /etc/memtrace/watch.conf
          dotnet-memtrace watch -p 1234 --once --when 'gc-heap > 1GiB' --do 'run page-me'

        Exit codes: 0 stopped, or the process has ended; 1 the process cannot be attached to; 2 the directory cannot be used; 3 invalid
        arguments or rules; 4 the runtime does not support diagnostics; 6 with --once: a condition was met.
        """;

    private static readonly TimeSpan DefaultMaxPause = TimeSpan.FromSeconds(3);

    private static readonly ScopeOptions Scope = new();

    private static readonly RuleOptions Rules = new();

    private static readonly DestinationOptions Destinations = new();

    private static readonly SamplingOptions Sampling = new(Destinations.ProfileServer);

    private static readonly Option<string?> DirectoryOption = new("--directory", "-d") { Description = "Where to save. [default: memtrace-watch]", HelpName = "DIRECTORY" };

    private static readonly Option<long?> MaxDisk = OptionFactory.Size("--max-disk", "How much disk space saved files may take; the oldest are deleted. [default: 10GB]", 1000);

    private static readonly Option<int?> Keep = OptionFactory.Number("--keep", "How many saved files to keep. [default: 100]", 1);

    private static readonly Option<string?> Buffer = BufferArgument.CreateOption();

    private static readonly Option<TimeSpan?> MaxPause = OptionFactory.Time("--max-pause", "Do not take a heap snapshot or core dump that could pause the process for longer. [default: 3s]", 1);

    private static readonly Option<bool> Once = new("--once") { Description = "Evaluate the conditions once, act, and exit: for cron and init containers." };

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new DocumentedCommand("watch", Summary, Details);
        Scope.AddTo(command);
        Rules.AddTo(command);
        foreach (var option in new Option[] { DirectoryOption, MaxDisk, Keep, Buffer, MaxPause, Once })
            command.Add(option);
        Sampling.AddTo(command);
        Destinations.AddTo(command);
        command.Validators.Add(RequireConsistency);
        command.SetAction((parsed, _) => Rules.FileToCheck(parsed) is { } file ? Task.FromResult(Rules.Check(file, parsed)) : RunAsync(parsed));
        return command;
    }

    private static void RequireConsistency(CommandResult result)
    {
        if (!Rules.IsCheck(result) && Scope.Count(result) != 1)
            result.AddError("Specify exactly one of -p PID, -n NAME and --all. 'dotnet-memtrace ps' lists the processes.");
        if (Sampling.IsArmed(result) && result.GetValue(Once))
            result.AddError("--arm-at and --once cannot be combined.");
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        var request = new WatchRequest(
            Scope.Of(parsed),
            Options(parsed),
            parsed.GetValue(DirectoryOption) ?? "memtrace-watch",
            new CaptureLimit(parsed.GetValue(MaxDisk) ?? CaptureLimit.Default.MaxBytes, parsed.GetValue(Keep) ?? CaptureLimit.Default.MaxFiles),
            parsed.GetValue(Once))
        {
            Listen = Destinations.Endpoint(parsed),
        };
        return await new WatchRun(request).ExecuteAsync();
    }

    private static WatchOptions Options(ParseResult parsed)
    {
        var (always, armed) = (Sampling.Always(parsed), Sampling.Armed(parsed));
        var rules = Rules.Of(parsed);
        RequireData(rules, armed?.Recording ?? always);
        return new WatchOptions(rules, always, BufferArgument.Limit(parsed.GetValue(Buffer)), Sampling.Interval(parsed), parsed.GetValue(MaxPause) ?? DefaultMaxPause)
        {
            Armed = armed,
            CopyReader = ReadCopyCommand.Read,
            Profiles = Destinations.Profiles(parsed),
            Otlp = Destinations.Otlp(parsed),
            Labels = Destinations.Labels(parsed),
            WebhookSecret = Destinations.WebhookSecret(parsed),
        };
    }

    // A condition that can never be met would look like a process in good health.
    private static void RequireData(ImmutableArray<WatchRule> rules, RecordingOptions recording)
    {
        foreach (var condition in rules.Select(rule => rule.Condition))
        {
            if (condition.NeedsSampling && recording.Sampling == SamplingChoice.None)
                throw new CommandException(ExitCode.ArgumentError, $"'{condition.Text}' requires allocation events: add --sampling auto.");
            if (condition.NeedsSurvival && !recording.Live)
                throw new CommandException(ExitCode.ArgumentError, $"'{condition.Text}' requires survival data: add --live.");
        }
    }
}
