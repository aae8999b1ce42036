using Memtrace.Analysis;
using Memtrace.Analysis.Findings;

namespace Memtrace.Watching.Conditions;

/// <summary>The readings of the last minutes, for conditions about change over time. Its size is bounded. Not thread-safe.</summary>
/// <param name="length">How far back it has to reach.</param>
internal sealed class WatchHistory(TimeSpan length)
{
    /// <summary>More readings do not make a rate more precise.</summary>
    private const int MaxReadings = 600;

    /// <summary>The share of a window that readings have to cover.</summary>
    private const double LeastCover = 0.9;

    private readonly List<WatchReading> _readings = [];
    private WatchReading? _current;

    /// <summary>The latest reading; null before the first.</summary>
    public WatchReading? Current => _current;

    /// <summary>Adds a reading.</summary>
    /// <param name="reading">The reading.</param>
    public void Add(WatchReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        _current = reading;
        var spacing = length.TotalSeconds / MaxReadings;
        if (_readings is [.., var last] && reading.Seconds - last.Seconds < spacing)
            return;
        _readings.Add(reading);
        var first = _readings.FindIndex(item => reading.Seconds - item.Seconds <= length.TotalSeconds + spacing);

        // In batches, because removing from the front moves all others.
        if (first > MaxReadings / 10)
            _readings.RemoveRange(0, first);
    }

    /// <summary>The lower end of the 95% interval of the growth of the resident set without file pages, in bytes per second; null if it does not grow steadily, or is unknown.</summary>
    /// <param name="window">Over this time.</param>
    public double? Growth(TimeSpan window) => Over(window) is not { } readings
        ? null
        : Trend.Growth([.. readings.Where(item => item.Held is not null).Select(item => new RegressionLine.Point(item.Seconds, item.Held!.Value))]) is { } trend ? trend.PerSecond - trend.Error : null;

    /// <summary>When memory runs out at the current growth, in seconds; null if it does not grow steadily, or is unknown.</summary>
    /// <param name="window">Growth over this time.</param>
    public double? FillsIn(TimeSpan window) => Current?.Left is { } left && Growth(window) is { } growth and > 0 ? left / growth : null;

    /// <summary>The increase of a total per second; null if it is unknown.</summary>
    /// <param name="window">Over this time.</param>
    /// <param name="total">The total.</param>
    public double? Rate(TimeSpan window, Func<WatchReading, double?> total)
    {
        ArgumentNullException.ThrowIfNull(total);
        if (Over(window) is not { } readings || total(readings[0]) is not { } first || total(Current!) is not { } last)
            return null;
        return Math.Max(0, last - first) / (Current!.Seconds - readings[0].Seconds);
    }

    /// <returns>Null if they do not cover the window.</returns>
    private List<WatchReading>? Over(TimeSpan window)
    {
        if (_current is not { } now)
            return null;
        var readings = _readings.FindAll(item => now.Seconds - item.Seconds <= window.TotalSeconds);
        return readings is [var first, _, ..] && now.Seconds - first.Seconds >= LeastCover * window.TotalSeconds ? readings : null;
    }
}
