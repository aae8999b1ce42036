using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Tool.Arguments;
using Memtrace.Watching.Actions;
using Memtrace.Watching.Conditions;
using Memtrace.Watching.Rules;

namespace Memtrace.Tool.Commands.Watch;

/// <summary>
/// A file of rules (docs/watch.md): <c>when CONDITION</c> begins a rule, and <c>do ACTION</c>, <c>cool-down TIME</c> and <c>at-most N per hour|day</c> belong to the
/// rule above them.
/// </summary>
internal sealed class RuleFile
{
    /// <summary>A file with more is probably not meant for this.</summary>
    private const int MostMistakes = 20;

    private readonly string _name;
    private readonly FiringLimit _limit;
    private readonly List<RuleDraft> _rules = [];
    private readonly List<string> _mistakes = [];
    private int _line;

    private RuleFile(string name, FiringLimit limit) => (_name, _limit) = (name, limit);

    /// <summary>Reads rules.</summary>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="text">Its content.</param>
    /// <param name="limit">How often rules may act that do not specify it.</param>
    public static RuleFileContent Read(string name, string text, FiringLimit limit)
    {
        if (text.Contains('\0'))
            return new RuleFileContent([], [$"{name} is not a text file."]);
        var file = new RuleFile(name, limit);
        foreach (var line in text.Split('\n').TakeWhile(_ => file._mistakes.Count < MostMistakes))
            file.Add(line);
        if (file._mistakes.Count == MostMistakes)
            return new RuleFileContent([], [.. file._mistakes, $"{name} may have more mistakes: the rest was not read."]);
        foreach (var draft in file._rules.Where(draft => draft.Condition is not null && draft.Actions.Count == 0 && !draft.HasMistake))
            file._mistakes.Add($"{name}:{draft.Line}: '{draft.Condition!.Text}' has no action. Add a line such as 'do recording'.");
        if (file._rules.Count == 0 && file._mistakes.Count == 0)
            file._mistakes.Add($"{name} has no rules. A rule begins with a line such as 'when rss > 80% of limit'.");
        return new RuleFileContent(file._mistakes.Count > 0 ? [] : [.. file._rules.Select(draft => draft.Build())], [.. file._mistakes]);
    }

    private void Add(string line)
    {
        _line++;
        var text = line.Trim();
        if (text.Length == 0 || text[0] == '#')
            return;
        try
        {
            Read(text);
        }
        catch (FormatException exception)
        {
            _mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"{_name}:{_line}: {exception.Message}"));
            if (_rules is [.., var last])
                last.HasMistake = true;
        }
    }

    private void Read(string text)
    {
        var (key, value) = text.Split((char[]?)null, 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [var first, var second] ? (first, second) : (text, "");
        if (key == "when")
            Begin(value);
        else if (key is not ("do" or "cool-down" or "at-most"))
            throw new FormatException($"'{key}' is not one of when, do, cool-down and at-most.");
        else if (_rules is not [.., var rule])
            throw new FormatException($"'{key}' belongs to a rule: a line 'when CONDITION' must come first.");
        else
            Continue(rule, key, value);
    }

    // Added before it is parsed, so that the lines after an invalid condition are not reported as well.
    private void Begin(string value)
    {
        var draft = new RuleDraft(_line, _limit);
        _rules.Add(draft);
        draft.Condition = ConditionText.Parse(value);
    }

    private static void Continue(RuleDraft rule, string key, string value)
    {
        if (key == "do")
            rule.Actions.Add(ActionText.Parse(value));
        else if (key == "cool-down")
            rule.Limit = rule.Limit with { CoolDown = DurationArgument.TryParse(value, out var time) ? time : throw new FormatException($"'cool-down {value}' requires a time such as 10m.") };
        else
            rule.Limit = AtMost(rule.Limit, value);
    }

    private static FiringLimit AtMost(FiringLimit limit, string value) =>
        value.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var number, "per", var period and ("hour" or "day")]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? period == "hour" ? limit with { PerHour = count } : limit with { PerDay = count }
            : throw new FormatException($"'at-most {value}' must be like 'at-most 6 per hour' or 'at-most 24 per day'.");

    /// <summary>A rule while its lines are read.</summary>
    private sealed class RuleDraft(int line, FiringLimit limit)
    {
        public int Line { get; } = line;

        public WatchCondition? Condition { get; set; }

        public List<WatchAction> Actions { get; } = [];

        public FiringLimit Limit { get; set; } = limit;

        public bool HasMistake { get; set; }

        public WatchRule Build() => new(Condition!, [.. Actions], Limit);
    }
}

/// <summary>What a file of rules holds.</summary>
/// <param name="Rules">The rules; none if there are mistakes.</param>
/// <param name="Mistakes">A line for each mistake.</param>
internal sealed record RuleFileContent(ImmutableArray<WatchRule> Rules, ImmutableArray<string> Mistakes);
