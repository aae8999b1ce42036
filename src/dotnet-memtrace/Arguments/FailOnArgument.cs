using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Memtrace.Analysis.Comparison;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Arguments;

/// <summary>
/// Conditions as people type them: <c>METRIC[:PATTERN]>+LIMIT</c> with a limit of <c>N%</c>, <c>SIZE</c> or <c>SIZE/s</c>.
/// </summary>
internal static partial class FailOnArgument
{
    private static readonly Dictionary<string, ComparisonMetric> Metrics =
        Enum.GetValues<ComparisonMetric>().ToDictionary(DataName.Of, StringComparer.Ordinal);

    /// <summary>Reads a condition.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="problem">What is wrong, as the rest of a sentence, or null.</param>
    /// <returns>Whether the text is valid.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out FailCondition? condition, [NotNullWhen(false)] out string? problem)
    {
        condition = null;
        if (Parts().Match(text) is not { Success: true } parts)
        {
            problem = "is not a condition such as live>+10%, allocated:MyApp.*>+5MB/s or rss>+50MB.";
            return false;
        }

        var limit = Limit(parts.Groups["limit"].Value.TrimEnd());
        var isMetric = Metrics.TryGetValue(parts.Groups["metric"].Value, out var metric);
        var pattern = parts.Groups["pattern"] is { Success: true, Value: var value } ? value : null;
        problem = Problem(isMetric, metric, pattern, limit);
        if (problem is null)
            condition = new FailCondition(text.Trim(), metric, pattern, limit!.Value.Amount, limit.Value.Unit);
        return condition is not null;
    }

    private static string? Problem(bool isMetric, ComparisonMetric metric, string? pattern, (double Amount, LimitUnit Unit)? limit) => limit switch
    {
        _ when !isMetric => $"does not start with one of {string.Join(", ", Metrics.Keys)}.",
        null => "has no limit such as 10%, 50MB or 5MB/s.",
        { Unit: LimitUnit.BytesPerSecond } when metric != ComparisonMetric.Allocated => "has a limit per second, but only allocated is a rate.",
        _ when pattern is not null && metric == ComparisonMetric.Rss => "has a pattern, but rss has no types and call sites.",
        _ => null,
    };

    private static (double Amount, LimitUnit Unit)? Limit(string text)
    {
        if (text.EndsWith('%'))
        {
            return double.TryParse(text.AsSpan(..^1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
                ? (percent, LimitUnit.Percent)
                : null;
        }

        var isRate = text.EndsWith("/s", StringComparison.Ordinal);
        return ByteSize.TryParse(isRate ? text[..^2] : text, out var bytes)
            ? (bytes, isRate ? LimitUnit.BytesPerSecond : LimitUnit.Bytes)
            : null;
    }

    // Names of generic types contain the sign as well: the last one counts.
    [GeneratedRegex(
        @"^\s*(?<metric>\w+)\s*(:\s*(?<pattern>.+?))?\s*>\s*\+\s*(?<limit>[^>+]+)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Parts();
}
