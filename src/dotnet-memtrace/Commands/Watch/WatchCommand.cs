using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Text.RegularExpressions;
using Memtrace.Analysis.Findings;
using Memtrace.Reading;
using Memtrace.Recording;
using Memtrace.Recording.Buffering;
using Memtrace.Sessions;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Rendering;
using Memtrace.Watching;
using Memtrace.Watching.Actions;
using Memtrace.Watching.Captures;
using Memtrace.Watching.Conditions;
using Memtrace.Watching.Continuous;
using Memtrace.Watching.Otlp;
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

    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(1), DefaultMaxPause = TimeSpan.FromSeconds(3);

    private static readonly RunningProcessOptions Process = new();

    private static readonly Option<bool> All = new("--all") { Description = "Watch all .NET processes, including those that start later." };

    private static readonly Option<Regex?> Filter = OptionFactory.Pattern("--filter", "With --all: only processes whose name matches; start with (?i) to ignore case.");

    private static readonly Option<string?> User = new("--user") { Description = "With --all: only processes of this user.", HelpName = "USER" };

    private static readonly Option<string?> Container = new("--container")
    {
        Description = "With --all: only processes whose control group contains this text, such as a container's id.",
        HelpName = "TEXT",
    };

    private static readonly Option<string?> Config = new("--config") { Description = "A rule file.", HelpName = "FILE" };

    private static readonly Option<string?> Check = new("--check") { Description = "Check a rule file, and exit.", HelpName = "FILE" };

    private static readonly Option<string[]> When = new("--when") { Description = "A condition. Can be repeated.", HelpName = "CONDITION" };

    private static readonly Option<string[]> Do = new("--do") { Description = "What to do when a --when is met. Can be repeated.", HelpName = "ACTION" };

    private static readonly Option<string?> DirectoryOption = new("--directory", "-d") { Description = "Where to save. [default: memtrace-watch]", HelpName = "DIRECTORY" };

    private static readonly Option<long?> MaxDisk = OptionFactory.Size("--max-disk", "How much disk space saved files may take; the oldest are deleted. [default: 10GB]", 1000);

    private static readonly Option<int?> Keep = OptionFactory.Number("--keep", "How many saved files to keep. [default: 100]", 1);

    private static readonly Option<string?> Buffer = BufferArgument.CreateOption();

    private static readonly Option<TimeSpan?> Interval = OptionFactory.Time("--interval", "How often to evaluate conditions. [default: 1s]", 100);

    private static readonly Option<TimeSpan?> MaxPause = OptionFactory.Time("--max-pause", "Do not take a heap snapshot or core dump that could pause the process for longer. [default: 3s]", 1);

    private static readonly Option<TimeSpan?> CoolDown = OptionFactory.Time("--cool-down", "The minimum time between two actions of a rule for processes of the same name. [default: 10m]");

    private static readonly Option<int?> PerHour = OptionFactory.Number("--per-hour", "How many times a rule may act per hour. [default: 6]", 1);

    private static readonly Option<int?> PerDay = OptionFactory.Number("--per-day", "How many times a rule may act per day. [default: 24]", 1);

    private static readonly Option<bool> Once = new("--once") { Description = "Evaluate the conditions once, act, and exit: for cron and init containers." };

    private static readonly Option<SamplingChoice> Sampling = OptionFactory.Choice<SamplingChoice>("--sampling", "Allocation events, as in 'collect': none, auto, randomized or tick. [default: none; auto with --live, --arm-at and --profiles]");

    private static readonly Option<bool> Live = new("--live") { Description = "Also record which objects survive; implies --sampling auto. Each background collection then pauses the process for a heap walk." };

    private static readonly Option<string[]> ArmAt = new("--arm-at")
    {
        Description = "Record allocations (--sampling, --live) only while this condition is met, and 5 minutes longer. Can be repeated.",
        HelpName = "CONDITION",
    };

    private static readonly Option<Uri?> Profiles = new("--profiles")
    {
        Description = "Send profiles of allocations, and with --live of live objects, to Pyroscope or Grafana Alloy at this address.",
        HelpName = "URL",
        CustomParser = result => ParseServer(result, "--profiles", "http://pyroscope:4040"),
    };

    private static readonly Option<TimeSpan?> ProfileWindow = OptionFactory.Time("--profile-window", "The time that each profile covers. [default: 1m]", 1000);

    private static readonly Option<long?> ProfileSpool = OptionFactory.Size("--profile-spool", "How much to keep on disk while that server is unreachable. [default: 100MB]", 1000);

    private static readonly Option<ImmutableSortedDictionary<string, string>?> Label = new("--label")
    {
        Description = "A label of everything that is sent, such as env=prod. Can be repeated.",
        HelpName = "KEY=VALUE",
        CustomParser = ParseLabels,
    };

    private static readonly Option<bool> Breakdown = new("--breakdown") { Description = "Also take memory map snapshots, as 'collect' does." };

    private static readonly Option<IPEndPoint?> Listen = new("--listen")
    {
        Description = "Serve metrics for Prometheus at http://ADDRESS:PORT/metrics, such as 127.0.0.1:9464.",
        HelpName = "ADDRESS:PORT",
        CustomParser = ParseEndpoint,
    };

    private static readonly Option<Uri?> Otlp = new("--otlp")
    {
        Description = "Send metrics to an OpenTelemetry collector, by default the one that OTEL_EXPORTER_OTLP_ENDPOINT names, else http://localhost:4318.",
        HelpName = "URL",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result => result.Tokens.Count == 0 ? null : ParseServer(result, "--otlp", "http://collector:4318"),
    };

    private static readonly Option<string?> SecretFile = new("--webhook-secret-file") { Description = "A file with the key that signs webhook requests.", HelpName = "FILE" };

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new DocumentedCommand("watch", Summary, Details);
        Process.AddTo(command);
        foreach (var option in new Option[]
        {
            All, Filter, User, Container, When, Do, Config, Check, DirectoryOption, MaxDisk, Keep, Buffer, Interval, MaxPause, CoolDown, PerHour, PerDay, Once, Sampling, Live,
            ArmAt, Breakdown, Listen, Otlp, Profiles, ProfileWindow, ProfileSpool, Label, SecretFile,
        })
            command.Add(option);
        command.Validators.Add(RequireConsistency);
        command.SetAction((parsed, _) => parsed.GetValue(Check) is { } file ? Task.FromResult(CheckFile(file, LimitOf(parsed))) : RunAsync(parsed));
        return command;
    }

    private static void RequireConsistency(CommandResult result)
    {
        var targets = Process.Count(result) + (result.GetResult(All) is { Implicit: false } ? 1 : 0);
        if (result.GetResult(Check) is null && targets != 1)
            result.AddError("Specify exactly one of -p PID, -n NAME and --all. 'dotnet-memtrace ps' lists the processes.");
        if (result.GetResult(All) is null && new Option[] { Filter, User, Container }.FirstOrDefault(option => result.GetResult(option) is not null) is { } filter)
            result.AddError($"{filter.Name} requires --all.");
        if (result.GetResult(Config) is not null && result.GetResult(When) is not null)
            result.AddError("--when and --config cannot be combined: add the condition to the file.");
        if (result.GetResult(Do) is not null && result.GetResult(Config) is not null)
            result.AddError("--do and --config cannot be combined: add the action to the file.");
        if (result.GetResult(ArmAt) is not null && result.GetValue(Once))
            result.AddError("--arm-at and --once cannot be combined.");
        if (result.GetResult(Label) is not null && result.GetResult(Profiles) is null && result.GetResult(Otlp) is null)
            result.AddError("--label requires --profiles or --otlp.");
        if (result.GetResult(Profiles) is null && new Option[] { ProfileWindow, ProfileSpool }.FirstOrDefault(option => result.GetResult(option) is not null) is { } detail)
            result.AddError($"{detail.Name} requires --profiles.");
        if (result.GetResult(Sampling) is { Implicit: false } && result.GetValue(Sampling) == SamplingChoice.None)
            RequireNoSampling(result);
    }

    private static void RequireNoSampling(CommandResult result)
    {
        foreach (var option in new Option[] { Live, ArmAt, Profiles }.Where(option => result.GetResult(option) is not null))
            result.AddError($"{option.Name} requires allocation events: leave out --sampling none.");
    }

    private static Uri? ParseServer(ArgumentResult result, string option, string example)
    {
        var text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Query.Length == 0)
            return address;
        result.AddError($"{option} '{text}' is not an address such as {example}.");
        return null;
    }

    private static ImmutableSortedDictionary<string, string>? ParseLabels(ArgumentResult result)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var token in result.Tokens.Select(token => token.Value))
        {
            if (token.Split('=', 2) is [{ Length: > 0 } key, { Length: > 0 } value] && key.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.'))
                labels[key] = value;
            else
                result.AddError($"--label '{token}' is not a label such as env=prod: the key has letters, digits, '_' and '.'.");
        }

        return labels.ToImmutable();
    }

    private static IPEndPoint? ParseEndpoint(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text.Replace("localhost:", "127.0.0.1:", StringComparison.Ordinal), out var endpoint))
            return endpoint;
        result.AddError($"--listen '{text}' is not an address and a port such as 127.0.0.1:9464, 0.0.0.0:9464 or [::1]:9464.");
        return null;
    }

    private static int CheckFile(string file, FiringLimit limit)
    {
        var content = ReadRules(file, limit);
        foreach (var mistake in content.Mistakes)
            Console.Error.WriteLine(mistake);
        if (content.Mistakes.Length == 0)
            Console.Out.WriteLine($"{file}: {Count.Things(content.Rules.Length, "rule", "rules")}, no errors.");
        return content.Mistakes.Length == 0 ? ExitCode.Ok : ExitCode.ArgumentError;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        var request = new WatchRequest(
            Scope(parsed),
            Options(parsed),
            parsed.GetValue(DirectoryOption) ?? "memtrace-watch",
            new CaptureLimit(parsed.GetValue(MaxDisk) ?? CaptureLimit.Default.MaxBytes, parsed.GetValue(Keep) ?? CaptureLimit.Default.MaxFiles),
            parsed.GetValue(Once))
        {
            Listen = parsed.GetValue(Listen),
        };
        return await new WatchRun(request).ExecuteAsync();
    }

    private static WatchScope Scope(ParseResult parsed) => new()
    {
        ProcessId = Process.Id(parsed),
        Name = Process.Name(parsed),
        Filter = parsed.GetValue(Filter),
        User = parsed.GetValue(User),
        Container = parsed.GetValue(Container),
    };

    private static WatchOptions Options(ParseResult parsed)
    {
        var interval = parsed.GetValue(Interval) ?? DefaultInterval;
        var (always, armed) = Recordings(parsed, interval);
        var rules = Rules(parsed);
        RequireData(rules, armed?.Recording ?? always);
        return new WatchOptions(rules, always, BufferArgument.Limit(parsed.GetValue(Buffer)), interval, parsed.GetValue(MaxPause) ?? DefaultMaxPause)
        {
            Armed = armed,
            CopyReader = ReadCopyCommand.Read,
            Profiles = parsed.GetValue(Profiles) is { } server
                ? new ProfileOptions(server, parsed.GetValue(ProfileWindow) ?? ProfileOptions.DefaultWindow, parsed.GetValue(ProfileSpool) ?? ProfileOptions.DefaultSpoolBytes)
                : null,
            Otlp = parsed.GetResult(Otlp) is not null ? OtlpOf(parsed.GetValue(Otlp)) : null,
            Labels = parsed.GetValue(Label) ?? ImmutableSortedDictionary<string, string>.Empty,
            WebhookSecret = parsed.GetValue(SecretFile) is { } file ? ReadSecret(file) : null,
        };
    }

    // A condition that can never be met would look like a process in good health.
    private static void RequireData(ImmutableArray<WatchRule> rules, RecordingOptions recording)
    {
        foreach (var condition in rules.Select(rule => rule.Condition))
        {
            if (NeedsSampling(condition) && recording.Sampling == SamplingChoice.None)
                throw new CommandException(ExitCode.ArgumentError, $"'{condition.Text}' requires allocation events: add --sampling auto.");
            if (NeedsSurvival(condition) && !recording.Live)
                throw new CommandException(ExitCode.ArgumentError, $"'{condition.Text}' requires survival data: add --live.");
        }
    }

    private static bool NeedsSampling(WatchCondition condition) => condition is LimitCondition { Metric.NeedsSampling: true } or FindingCondition { Id: LohChurnRule.RuleId };

    private static bool NeedsSurvival(WatchCondition condition) => condition is FindingCondition { NeedsSurvival: true };

    private static OtlpOptions OtlpOf(Uri? collector)
    {
        try
        {
            return OtlpOptions.Of(collector, Environment.GetEnvironmentVariable);
        }
        catch (FormatException exception)
        {
            throw new CommandException(ExitCode.ArgumentError, exception.Message);
        }
    }

    private static (RecordingOptions Always, ArmedOptions? Armed) Recordings(ParseResult parsed, TimeSpan interval)
    {
        var plain = new RecordingOptions("")
        {
            Sampling = SamplingChoice.None,
            Breakdown = parsed.GetValue(Breakdown),
            Interval = interval,
            AnswerTimeout = TargetOptions.AnswerTimeout,
        };
        var (conditions, live) = (parsed.GetValue(ArmAt) ?? [], parsed.GetValue(Live));
        var needsSampling = live || conditions.Length > 0 || parsed.GetValue(Profiles) is not null;
        var full = plain with { Sampling = SamplingOf(parsed, needsSampling ? SamplingChoice.Auto : SamplingChoice.None), Live = live };
        return conditions.Length == 0
            ? (full, null)
            : (plain, new ArmedOptions([.. conditions.Select(ParseArming)], full with { Breakdown = false }));
    }

    private static SamplingChoice SamplingOf(ParseResult parsed, SamplingChoice fallback) =>
        parsed.GetResult(Sampling) is { Implicit: false } ? parsed.GetValue(Sampling) : fallback;

    private static WatchCondition ParseArming(string text)
    {
        try
        {
            var condition = ConditionText.Parse(text);
            if (condition is EndCondition)
                throw new FormatException($"--arm-at '{text.Trim()}' comes too late: the process has ended then.");
            if (NeedsSampling(condition) || NeedsSurvival(condition))
                throw new FormatException($"--arm-at '{condition.Text}' can never be met: allocations are recorded only once it is.");
            return condition;
        }
        catch (FormatException exception)
        {
            throw new CommandException(ExitCode.ArgumentError, exception.Message);
        }
    }

    private static FiringLimit LimitOf(ParseResult parsed) => new(
        parsed.GetValue(CoolDown) ?? FiringLimit.Default.CoolDown,
        parsed.GetValue(PerHour) ?? FiringLimit.Default.PerHour,
        parsed.GetValue(PerDay) ?? FiringLimit.Default.PerDay);

    private static ImmutableArray<WatchRule> Rules(ParseResult parsed)
    {
        var limit = LimitOf(parsed);
        if (parsed.GetValue(Config) is { } file)
        {
            var content = ReadRules(file, limit);
            return content.Mistakes.Length == 0 ? content.Rules : throw new CommandException(ExitCode.ArgumentError, string.Join(' ', content.Mistakes));
        }

        try
        {
            ImmutableArray<WatchAction> actions = parsed.GetValue(Do) is { Length: > 0 } given
                ? [.. given.Select(ActionText.Parse)]
                : [new TakeHeapAction(), new SaveRecordingAction(SaveRecordingAction.DefaultAfter)];
            var conditions = parsed.GetValue(When) is { Length: > 0 } texts ? texts : ["rss > 80% of limit", "crash", "oom-kill"];
            return [.. conditions.Select(text => new WatchRule(ConditionText.Parse(text), actions, limit))];
        }
        catch (FormatException exception)
        {
            throw new CommandException(ExitCode.ArgumentError, exception.Message);
        }
    }

    private static RuleFileContent ReadRules(string file, FiringLimit limit) => RuleFile.Read(file, ReadText(file), limit);

    private static string ReadSecret(string file) => ReadText(file).Trim() is { Length: > 0 } secret ? secret : throw new CommandException(ExitCode.ArgumentError, $"{file} is empty.");

    private static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.ArgumentError, InputFile.Failure(file, exception));
        }
    }
}

/// <summary>The arguments of <c>watch</c>.</summary>
/// <param name="Scope">Which processes.</param>
/// <param name="Options">What to watch for.</param>
/// <param name="Directory">Where to save.</param>
/// <param name="Limit">How much to save.</param>
/// <param name="Once">Whether to evaluate the conditions once only.</param>
internal sealed record WatchRequest(WatchScope Scope, WatchOptions Options, string Directory, CaptureLimit Limit, bool Once)
{
    /// <summary>Where to serve metrics; null for nowhere.</summary>
    public IPEndPoint? Listen { get; init; }
}
