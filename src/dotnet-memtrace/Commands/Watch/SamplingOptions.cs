using System.CommandLine;
using System.CommandLine.Parsing;
using Memtrace.Recording;
using Memtrace.Sessions;
using Memtrace.Tool.Arguments;
using Memtrace.Watching;
using Memtrace.Watching.Conditions;

namespace Memtrace.Tool.Commands.Watch;

/// <summary>The options of <c>watch</c> that say what is recorded, and when.</summary>
/// <param name="profiles">The option that asks for profiles, which are made from allocations.</param>
internal sealed class SamplingOptions(Option<Uri?> profiles)
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(1);

    private readonly Option<TimeSpan?> _interval = OptionFactory.Time("--interval", "How often to evaluate conditions. [default: 1s]", 100);

    private readonly Option<SamplingChoice> _sampling = OptionFactory.Choice<SamplingChoice>("--sampling", "Allocation events, as in 'collect': none, auto, randomized or tick. [default: none; auto with --live, --arm-at and --profiles]");

    private readonly Option<bool> _live = new("--live") { Description = "Also record which objects survive; implies --sampling auto. Each background collection then pauses the process for a heap walk." };

    private readonly Option<string[]> _armAt = new("--arm-at")
    {
        Description = "Record allocations (--sampling, --live) only while this condition is met, and 5 minutes longer. Can be repeated.",
        HelpName = "CONDITION",
    };

    private readonly Option<bool> _breakdown = new("--breakdown") { Description = "Also take memory map snapshots, as 'collect' does." };

    /// <summary>Adds the options to the command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _interval, _sampling, _live, _armAt, _breakdown })
            command.Add(option);
        command.Validators.Add(RequireSampling);
    }

    /// <summary>Whether allocations are to be recorded at times only.</summary>
    /// <param name="result">The command line.</param>
    public bool IsArmed(CommandResult result) => result.GetResult(_armAt) is not null;

    /// <summary>How often conditions are evaluated.</summary>
    /// <param name="parsed">The command line.</param>
    public TimeSpan Interval(ParseResult parsed) => parsed.GetValue(_interval) ?? DefaultInterval;

    /// <summary>What is recorded all the time.</summary>
    /// <param name="parsed">The command line.</param>
    public RecordingOptions Always(ParseResult parsed) => Conditions(parsed).Length == 0 ? Full(parsed) : Plain(parsed);

    /// <summary>What is recorded while a condition is met; null if that is always the same.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="CommandException">A condition is wrong.</exception>
    public ArmedOptions? Armed(ParseResult parsed) => Conditions(parsed) is { Length: > 0 } conditions
        ? new ArmedOptions([.. conditions.Select(ParseArming)], Full(parsed) with { Breakdown = false })
        : null;

    private void RequireSampling(CommandResult result)
    {
        if (result.GetResult(_sampling) is not { Implicit: false } || result.GetValue(_sampling) != SamplingChoice.None)
            return;
        foreach (var option in new Option[] { _live, _armAt, profiles }.Where(option => result.GetResult(option) is not null))
            result.AddError($"{option.Name} requires allocation events: leave out --sampling none.");
    }

    private RecordingOptions Plain(ParseResult parsed) => new("")
    {
        Sampling = SamplingChoice.None,
        Breakdown = parsed.GetValue(_breakdown),
        Interval = Interval(parsed),
        AnswerTimeout = TargetOptions.AnswerTimeout,
    };

    private RecordingOptions Full(ParseResult parsed) => Plain(parsed) with { Sampling = Sampling(parsed), Live = parsed.GetValue(_live) };

    private SamplingChoice Sampling(ParseResult parsed)
    {
        if (parsed.GetResult(_sampling) is { Implicit: false })
            return parsed.GetValue(_sampling);
        var isNeeded = parsed.GetValue(_live) || Conditions(parsed).Length > 0 || parsed.GetValue(profiles) is not null;
        return isNeeded ? SamplingChoice.Auto : SamplingChoice.None;
    }

    private string[] Conditions(ParseResult parsed) => parsed.GetValue(_armAt) ?? [];

    private static WatchCondition ParseArming(string text)
    {
        try
        {
            var condition = ConditionText.Parse(text);
            if (condition is EndCondition)
                throw new FormatException($"--arm-at '{text.Trim()}' comes too late: the process has ended then.");
            if (condition.NeedsSampling || condition.NeedsSurvival)
                throw new FormatException($"--arm-at '{condition.Text}' can never be met: allocations are recorded only once it is.");
            return condition;
        }
        catch (FormatException exception)
        {
            throw new CommandException(ExitCode.ArgumentError, exception.Message);
        }
    }
}
