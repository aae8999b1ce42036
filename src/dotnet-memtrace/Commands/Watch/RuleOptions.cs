using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using Memtrace.Tool.Arguments;
using Memtrace.Tool.Rendering;
using Memtrace.Watching.Actions;
using Memtrace.Watching.Rules;

namespace Memtrace.Tool.Commands.Watch;

/// <summary>The options of <c>watch</c> that say what to do when.</summary>
internal sealed class RuleOptions
{
    private static readonly string[] DefaultConditions = ["rss > 80% of limit", "crash", "oom-kill"];

    private readonly Option<string[]> _when = new("--when") { Description = "A condition. Can be repeated.", HelpName = "CONDITION" };

    private readonly Option<string[]> _do = new("--do") { Description = "What to do when a --when is met. Can be repeated.", HelpName = "ACTION" };

    private readonly Option<string?> _config = new("--config") { Description = "A rule file.", HelpName = "FILE" };

    private readonly Option<string?> _check = new("--check") { Description = "Check a rule file, and exit.", HelpName = "FILE" };

    private readonly Option<TimeSpan?> _coolDown = OptionFactory.Time("--cool-down", "The minimum time between two actions of a rule for processes of the same name. [default: 10m]");

    private readonly Option<int?> _perHour = OptionFactory.Number("--per-hour", "How many times a rule may act per hour. [default: 6]", 1);

    private readonly Option<int?> _perDay = OptionFactory.Number("--per-day", "How many times a rule may act per day. [default: 24]", 1);

    /// <summary>Adds the options to the command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _when, _do, _config, _check, _coolDown, _perHour, _perDay })
            command.Add(option);
        command.Validators.Add(RequireOneSource);
    }

    /// <summary>The file that is only to be checked, or null.</summary>
    /// <param name="parsed">The command line.</param>
    public string? FileToCheck(ParseResult parsed) => parsed.GetValue(_check);

    /// <summary>Whether a file is only to be checked.</summary>
    /// <param name="result">The command line.</param>
    public bool IsCheck(CommandResult result) => result.GetResult(_check) is not null;

    /// <summary>Checks a file, and prints its mistakes.</summary>
    /// <param name="file">The file.</param>
    /// <param name="parsed">The command line.</param>
    /// <returns>The exit code.</returns>
    public int Check(string file, ParseResult parsed)
    {
        var content = Read(file, parsed);
        foreach (var mistake in content.Mistakes)
            Console.Error.WriteLine(mistake);
        if (content.Mistakes.Length == 0)
            Console.Out.WriteLine($"{file}: {Count.Things(content.Rules.Length, "rule", "rules")}, no errors.");
        return content.Mistakes.Length == 0 ? ExitCode.Ok : ExitCode.ArgumentError;
    }

    /// <summary>The rules that are given, or the usual ones.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="CommandException">They have mistakes, or the file cannot be read.</exception>
    public ImmutableArray<WatchRule> Of(ParseResult parsed)
    {
        if (parsed.GetValue(_config) is { } file)
        {
            var content = Read(file, parsed);
            return content.Mistakes.Length == 0 ? content.Rules : throw new CommandException(ExitCode.ArgumentError, string.Join(' ', content.Mistakes));
        }

        try
        {
            ImmutableArray<WatchAction> actions = parsed.GetValue(_do) is { Length: > 0 } given
                ? [.. given.Select(ActionText.Parse)]
                : [new TakeHeapAction(), new SaveRecordingAction(SaveRecordingAction.DefaultAfter)];
            var conditions = parsed.GetValue(_when) is { Length: > 0 } texts ? texts : DefaultConditions;
            return [.. conditions.Select(text => new WatchRule(ConditionText.Parse(text), actions, Limit(parsed)))];
        }
        catch (FormatException exception)
        {
            throw new CommandException(ExitCode.ArgumentError, exception.Message);
        }
    }

    private void RequireOneSource(CommandResult result)
    {
        if (result.GetResult(_config) is not null && result.GetResult(_when) is not null)
            result.AddError("--when and --config cannot be combined: add the condition to the file.");
        if (result.GetResult(_do) is not null && result.GetResult(_config) is not null)
            result.AddError("--do and --config cannot be combined: add the action to the file.");
    }

    private RuleFileContent Read(string file, ParseResult parsed) => RuleFile.Read(file, TextFile.Read(file), Limit(parsed));

    private FiringLimit Limit(ParseResult parsed) => new(
        parsed.GetValue(_coolDown) ?? FiringLimit.Default.CoolDown,
        parsed.GetValue(_perHour) ?? FiringLimit.Default.PerHour,
        parsed.GetValue(_perDay) ?? FiringLimit.Default.PerDay);
}
