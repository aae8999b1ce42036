using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Memtrace.HeapSnapshots;

namespace Memtrace.Tool.Arguments;

/// <summary>Conditions about heap snapshots as people type them: <c>heap[:PATTERN]>+LIMIT</c> with a limit of <c>N</c> objects, <c>SIZE</c> or <c>N%</c>.</summary>
internal static class HeapFailOnArgument
{
    /// <summary>What the conditions start with.</summary>
    public const string Metric = "heap";

    /// <summary>Whether a condition is about heap snapshots, whatever else is wrong with it.</summary>
    /// <param name="text">The typed text.</param>
    public static bool IsOne(string text) => text.AsSpan().TrimStart().StartsWith(Metric, StringComparison.Ordinal)
        && text.AsSpan().TrimStart()[Metric.Length..].TrimStart() is [':' or '>', ..];

    /// <summary>Reads a condition.</summary>
    /// <param name="text">The typed text.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="problem">What is wrong, as the rest of a sentence, or null.</param>
    /// <returns>Whether the text is valid.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out HeapCondition? condition, [NotNullWhen(false)] out string? problem)
    {
        condition = null;
        problem = "is not a condition such as heap>+10%, heap:Order>+1000 (objects) or heap:MyApp.*>+50MB.";

        // Names of generic types contain the sign as well: the last one counts.
        var sign = text.LastIndexOf('>');
        if (sign < 0 || text[(sign + 1)..].Trim() is not ['+', .. var limit])
            return false;
        var subject = text[..sign].Trim()[Metric.Length..].Trim();
        if (subject is not ("" or [':', _, ..]) || Limit(limit.Trim()) is not { } parsed)
            return false;

        var pattern = subject.Length == 0 ? null : subject[1..].Trim();
        condition = parsed with { Text = text.Trim(), Pattern = pattern };
        problem = null;
        return true;
    }

    private static HeapCondition? Limit(string text)
    {
        if (text.EndsWith('%'))
            return Number(text[..^1], NumberStyles.AllowDecimalPoint) is { } percent ? Condition(percent, HeapLimitUnit.Percent) : null;
        if (Number(text, NumberStyles.AllowThousands) is { } objects)
            return Condition(objects, HeapLimitUnit.Objects);
        return ByteSize.TryParse(text, out var bytes) ? Condition(bytes, HeapLimitUnit.Bytes) : null;
    }

    private static HeapCondition Condition(double limit, HeapLimitUnit unit) => new("", null, limit, unit);

    private static double? Number(string text, NumberStyles styles) => double.TryParse(text, styles, CultureInfo.InvariantCulture, out var number) ? number : null;
}
