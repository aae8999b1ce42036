using System.Globalization;
using System.Text.RegularExpressions;

namespace Memtrace.Tool.Arguments;

/// <summary>Lengths of time as people type them.</summary>
internal static partial class DurationArgument
{
    /// <summary>The accepted forms, for help and error messages.</summary>
    public const string Examples = "90, 30s, 1m30s, 2h, 500ms or 00:01:30";

    /// <summary>
    /// Reads a length of time: seconds (<c>90</c>, <c>2.5</c>), numbers with units (<c>1m30s</c>, <c>500ms</c>, <c>1d</c>), or
    /// <c>[dd:]hh:mm:ss</c>.
    /// </summary>
    /// <param name="text">What was typed.</param>
    /// <param name="duration">The length.</param>
    /// <returns>Whether the text is valid.</returns>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        var seconds = Seconds(text);
        duration = seconds is >= 0 and < 1e9 ? TimeSpan.FromSeconds(seconds.Value) : default;
        return seconds is >= 0 and < 1e9;
    }

    private static double? Seconds(string text)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            return seconds;
        if (Units().Match(text) is { Success: true } units)
            return Sum(units, ("d", 86400), ("h", 3600), ("m", 60), ("s", 1), ("ms", 0.001));
        if (Clock().Match(text) is { Success: true } clock)
            return Sum(clock, ("d", 86400), ("h", 3600), ("m", 60), ("s", 1));
        return null;
    }

    private static double Sum(Match match, params ReadOnlySpan<(string Group, double Seconds)> parts)
    {
        var sum = 0.0;
        foreach (var (group, seconds) in parts)
        {
            if (match.Groups[group].Success)
                sum += seconds * double.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
        }

        return sum;
    }

    [GeneratedRegex(
        @"^(?=.)((?<d>\d+(\.\d+)?)d)?((?<h>\d+(\.\d+)?)h)?((?<m>\d+(\.\d+)?)m(?!s))?((?<s>\d+(\.\d+)?)s)?((?<ms>\d+(\.\d+)?)ms)?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Units();

    [GeneratedRegex(
        @"^((?<d>\d{1,4}):)?(?<h>\d{1,2}):(?<m>[0-5]?\d):(?<s>[0-5]?\d)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Clock();
}
