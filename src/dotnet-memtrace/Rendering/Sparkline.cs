using System.Collections.Immutable;

namespace Memtrace.Tool.Rendering;

/// <summary>A curve in one line of text.</summary>
internal static class Sparkline
{
    /// <summary>A range of less than this share of the highest value is drawn as a flat line.</summary>
    private const double SmallestChange = 0.01;

    /// <summary>The highest value in each of a number of equal spans of time; a span without values has the value of the one before.</summary>
    /// <param name="points">Times and values, in time order.</param>
    /// <param name="start">Where the first span begins, in the unit of the times.</param>
    /// <param name="end">Where the last span ends.</param>
    /// <param name="count">How many spans, 1 or more.</param>
    public static ImmutableArray<double?> Buckets(IEnumerable<(double Time, double Value)> points, double start, double end, int count)
    {
        var buckets = new double?[count];
        var width = (end - start) / count;
        foreach (var (time, value) in points)
        {
            var index = width > 0 ? (int)Math.Clamp((time - start) / width, 0, count - 1) : 0;
            buckets[index] = Math.Max(buckets[index] ?? value, value);
        }

        for (var i = 1; i < count; i++)
            buckets[i] ??= buckets[i - 1];
        return [.. buckets];
    }

    /// <summary>Draws values between the lowest and the highest of them, a character each; a blank where there is none.</summary>
    /// <param name="values">The values.</param>
    /// <param name="levels">The characters to draw with, lowest first.</param>
    public static string Draw(ImmutableArray<double?> values, string levels)
    {
        var low = values.Min() ?? 0;
        var high = values.Max() ?? 0;
        var flat = high - low < high * SmallestChange || high <= low;
        return string.Concat(values.Select(value => value switch
        {
            null => ' ',
            _ when flat => levels[levels.Length / 2],
            { } number => levels[(int)Math.Round((number - low) / (high - low) * (levels.Length - 1))],
        }));
    }
}
