using System.Collections.Immutable;

namespace Memtrace.Watching.Conditions;

/// <summary>The unit of a metric's limits.</summary>
internal enum WatchUnit
{
    /// <summary>Bytes, or a share of the container's limit or of the machine's memory.</summary>
    Bytes,

    /// <summary>Bytes per second.</summary>
    BytesPerSecond,

    /// <summary>A time, in seconds.</summary>
    Time,

    /// <summary>Percent, 0 to 100.</summary>
    Percent,

    /// <summary>A number of things.</summary>
    Count,
}

/// <summary>A quantity that conditions limit.</summary>
/// <param name="Name">Its name in conditions.</param>
/// <param name="Unit">The unit of limits.</param>
/// <param name="Meaning">What it is, for the documentation.</param>
internal sealed record WatchMetric(string Name, WatchUnit Unit, string Meaning)
{
    /// <summary>Over how long rates are measured if the condition does not say.</summary>
    public static readonly TimeSpan DefaultWindow = TimeSpan.FromMinutes(1);

    /// <summary>All of them.</summary>
    public static ImmutableArray<WatchMetric> All { get; } =
    [
        Amount("rss", WatchUnit.Bytes, "resident set", reading => reading.Rss),
        Amount("gc-heap", WatchUnit.Bytes, "GC heap after the last collection", reading => reading.GcHeap),
        Amount("gc-committed", WatchUnit.Bytes, "committed by the GC after the last collection", reading => reading.GcCommitted),
        Amount("container", WatchUnit.Bytes, "container's usage without reclaimable file pages", reading => reading.ContainerUsed),
        Amount("available", WatchUnit.Bytes, "machine's memory available without swapping", reading => reading.MachineAvailable),
        Amount("swap", WatchUnit.Bytes, "swapped out", reading => reading.Swap),
        Amount("threads", WatchUnit.Count, "threads", reading => reading.Threads),
        Rate("growth", WatchUnit.BytesPerSecond, "growth of the resident set without file pages, less its error", (history, window) => history.Growth(window)),
        Rate("fills-in", WatchUnit.Time, "time until the container or the machine is full, at this growth", (history, window) => history.FillsIn(window)),
        Rate("paused", WatchUnit.Percent, "share of time paused for collections", (history, window) => history.Rate(window, reading => reading.PausedMs) / 10),
        Rate("allocation", WatchUnit.BytesPerSecond, "allocation rate, from allocation events", (history, window) => history.Rate(window, reading => reading.Allocated)) with { NeedsSampling = true },
    ];

    /// <summary>Whether it is measured over the time that the condition names; for other metrics, the condition has to hold for that long.</summary>
    public bool IsRate { get; private init; }

    /// <summary>Whether it is unknown without allocation events.</summary>
    public bool NeedsSampling { get; private init; }

    private Func<WatchHistory, TimeSpan, double?> Reader { get; init; } = static (_, _) => null;

    /// <summary>The value now; null if it is unknown.</summary>
    /// <param name="history">The readings.</param>
    /// <param name="window">Over how long a rate is measured.</param>
    public double? Read(WatchHistory history, TimeSpan window) => Reader(history, window);

    private static WatchMetric Amount(string name, WatchUnit unit, string meaning, Func<WatchReading, double?> read) =>
        new(name, unit, meaning) { Reader = (history, _) => history.Current is { } reading ? read(reading) : null };

    private static WatchMetric Rate(string name, WatchUnit unit, string meaning, Func<WatchHistory, TimeSpan, double?> read) =>
        new(name, unit, meaning) { Reader = read, IsRate = true };
}
