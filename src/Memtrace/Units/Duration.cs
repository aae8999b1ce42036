using System.Globalization;

namespace Memtrace.Units;

/// <summary>Lengths of time as people read them: the two largest units that matter.</summary>
internal static class Duration
{
    /// <summary>A length of time: <c>0 s</c>, <c>250 ms</c>, <c>12.5 s</c>, <c>1m 30s</c>, <c>2h 05m</c>, <c>3d 04h</c>.</summary>
    /// <param name="seconds">The length in seconds, 0 or more.</param>
    public static string Format(double seconds)
    {
        if (seconds <= 0)
            return "0 s";
        if (seconds < 0.9995)
            return FormatMs(seconds * 1000);
        if (seconds < 59.95)
            return string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s");

        // The conversion saturates: a damaged recording can last longer than any TimeSpan.
        var span = new TimeSpan((long)(Math.Round(seconds) * TimeSpan.TicksPerSecond));
        if (span.TotalHours < 1)
            return string.Create(CultureInfo.InvariantCulture, $"{span.Minutes}m {span.Seconds:00}s");
        return span.TotalDays < 1
            ? string.Create(CultureInfo.InvariantCulture, $"{span.Hours}h {span.Minutes:00}m")
            : string.Create(CultureInfo.InvariantCulture, $"{span.Days}d {span.Hours:00}h");
    }

    /// <summary>A short length of time, such as a pause: <c>0.3 ms</c>, <c>12 ms</c>, <c>1.5 s</c>.</summary>
    /// <param name="milliseconds">The length in ms, 0 or more.</param>
    public static string FormatMs(double milliseconds) => milliseconds switch
    {
        <= 0 => "0 ms",
        < 9.95 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.0} ms"),
        < 999.5 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0} ms"),
        _ => Format(milliseconds / 1000),
    };
}
