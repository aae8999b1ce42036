using System.Globalization;
using System.Text.RegularExpressions;
using Memtrace.Analysis.Findings;
using Memtrace.Profiles;
using Memtrace.Tool.Arguments;
using Memtrace.Watching.Conditions;

namespace Memtrace.Tool.Commands.Watch;

/// <summary>
/// Conditions as people type them (docs/watch.md): <c>METRIC &gt; LIMIT [of limit|of machine] [for TIME]</c>, <c>finding ID [SEVERITY]</c>, <c>exit</c>,
/// <c>crash</c>, <c>oom-kill</c>.
/// </summary>
internal static partial class ConditionText
{
    private static readonly Dictionary<string, WatchedEnd> Ends = new(StringComparer.Ordinal)
    {
        ["exit"] = WatchedEnd.Exit,
        ["crash"] = WatchedEnd.Crash,
        ["oom-kill"] = WatchedEnd.OutOfMemory,
    };

    /// <summary>Reads a condition.</summary>
    /// <param name="text">What was typed.</param>
    /// <exception cref="FormatException">The text is not a condition; the message says what is wrong, in a sentence.</exception>
    public static WatchCondition Parse(string text)
    {
        var condition = Whitespace().Replace(text.Trim(), " ");
        if (Ends.TryGetValue(condition, out var end))
            return new EndCondition(condition, end);
        if (Finding().Match(condition) is { Success: true } finding)
            return ParseFinding(condition, finding);
        return Comparison().Match(condition) is { Success: true } comparison
            ? ParseLimit(condition, comparison)
            : throw new FormatException($"'{condition}' is not a condition such as 'rss > 80% of limit', 'growth > 1MiB/s for 10m', 'finding managed-leak' or {string.Join(", ", Ends.Keys)}.");
    }

    private static FindingCondition ParseFinding(string text, Match match)
    {
        var id = match.Groups["id"].Value;
        if (!FindingRules.ProblemIds.Contains(id))
            throw new FormatException($"'{id}' is not a finding. Findings: {string.Join(", ", FindingRules.ProblemIds)}.");
        var severity = match.Groups["severity"] is { Success: true, Value: var name }
            ? Enum.GetValues<FindingSeverity>().Cast<FindingSeverity?>().FirstOrDefault(item => string.Equals(Enum.GetName(item!.Value), name, StringComparison.OrdinalIgnoreCase))
                ?? throw new FormatException($"'{name}' is not a severity: info, warning or critical.")
            : FindingSeverity.Warning;
        return new FindingCondition(text, id, severity);
    }

    private static LimitCondition ParseLimit(string text, Match match)
    {
        var name = match.Groups["metric"].Value;
        var metric = WatchMetric.All.FirstOrDefault(item => item.Name == name)
            ?? throw new FormatException($"'{name}' is not a metric. Metrics: {string.Join(", ", WatchMetric.All.Select(item => item.Name))}.");
        var (limit, of) = ParseAmount(metric, match.Groups["limit"].Value, match.Groups["base"] is { Success: true, Value: var share } ? share : null);
        return new LimitCondition(text, metric, match.Groups["sign"].Value == ">", limit, of, match.Groups["for"] is { Success: true, Value: var time } ? ParseTime(time) : null);
    }

    private static TimeSpan ParseTime(string text) => DurationArgument.TryParse(text, out var time) && time > TimeSpan.Zero && time <= TimeSpan.FromDays(1)
        ? time
        : throw new FormatException($"'for {text}' requires a time of up to a day, such as 30s or 5m.");

    private static (double Limit, LimitBase Base) ParseAmount(WatchMetric metric, string text, string? of)
    {
        var isShare = text.EndsWith('%');
        if (of is not null && (metric.Unit != WatchUnit.Bytes || !isShare))
            throw new FormatException($"'of {of}' requires a percentage of an amount of memory, such as rss > 80% of limit.");
        var limit = metric.Unit switch
        {
            WatchUnit.Bytes when isShare => ParsePercent(text) / 100,
            WatchUnit.Bytes => ParseSize(metric, text, "2GiB or 80% of limit"),
            WatchUnit.BytesPerSecond when text.EndsWith("/s", StringComparison.Ordinal) => ParseSize(metric, text[..^2], "1MiB/s"),
            WatchUnit.Time when DurationArgument.TryParse(text, out var time) => time.TotalSeconds,
            WatchUnit.Percent when isShare => ParsePercent(text),
            WatchUnit.Count when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) => count,
            _ => throw new FormatException($"'{text}' is not a limit for {metric.Name}, such as {Example(metric.Unit)}."),
        };
        return (limit, !isShare || metric.Unit != WatchUnit.Bytes ? LimitBase.None : BaseOf(of, text));
    }

    private static LimitBase BaseOf(string? of, string share) => of switch
    {
        "limit" => LimitBase.ContainerLimit,
        "machine" => LimitBase.Machine,
        null => throw new FormatException($"'{share}' of what? Write '{share} of limit' (the container's) or '{share} of machine'."),
        _ => throw new FormatException($"'of {of}' is neither 'of limit' (the container's) nor 'of machine'."),
    };

    private static double ParsePercent(string text) =>
        double.TryParse(text.AsSpan(..^1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and <= 100
            ? percent
            : throw new FormatException($"'{text}' is not a percentage above 0 and up to 100.");

    private static long ParseSize(WatchMetric metric, string text, string example) =>
        ByteSize.TryParse(text, out var bytes) ? bytes : throw new FormatException($"'{text}' is not a limit for {metric.Name}, such as {example}.");

    private static string Example(WatchUnit unit) => unit switch
    {
        WatchUnit.BytesPerSecond => "1MiB/s",
        WatchUnit.Time => "5m",
        WatchUnit.Percent => "20%",
        WatchUnit.Count => "500",
        _ => "2GiB",
    };

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Whitespace();

    [GeneratedRegex(@"^finding (?<id>\S+)( (?<severity>\S+))?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Finding();

    [GeneratedRegex(
        @"^(?<metric>[\w-]+) ?(?<sign>[<>]) ?(?<limit>[^\s<>]+)( of (?<base>\S+))?( for (?<for>\S+))?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Comparison();
}
