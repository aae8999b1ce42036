using System.Globalization;

namespace Memtrace.Processes;

/// <summary>The kernel's lists of numbers, such as <c>0-3,8</c> (cpuset(7), List format).</summary>
internal static class NumberList
{
    /// <returns>The numbers; malformed parts are left out.</returns>
    public static IEnumerable<int> Parse(string text) => text.Split(',').SelectMany(ParseRange);

    private static IEnumerable<int> ParseRange(string range)
    {
        var ends = range.Split('-');
        return int.TryParse(ends[0], CultureInfo.InvariantCulture, out var first)
            && int.TryParse(ends[^1], CultureInfo.InvariantCulture, out var last)
            && last >= first
            ? Enumerable.Range(first, last - first + 1)
            : [];
    }
}
