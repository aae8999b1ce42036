using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>A single figure of a recording's memory, collections or length, declared once for all outputs of a comparison.</summary>
/// <param name="Key">Its name in data.</param>
/// <param name="Title">Its name on the screen.</param>
/// <param name="Unit">What it counts.</param>
/// <param name="Value">Takes it out of a profile; null if it is unknown.</param>
internal sealed record MemoryFigure(string Key, string Title, Unit Unit, Func<MemoryProfile, double?> Value)
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<MemoryFigure> All { get; } =
    [
        new("rss", "RSS", Unit.Bytes, profile => profile.Memory.Rss?.CurrentBytes),
        new("rssPeak", "RSS peak", Unit.Bytes, profile => profile.Memory.Rss?.PeakBytes),
        new("gcHeap", "GC heap", Unit.Bytes, profile => profile.Memory.GcHeap?.CurrentBytes),
        new("gcHeapPeak", "GC heap peak", Unit.Bytes, profile => profile.Memory.GcHeap?.PeakBytes),
        new("gcCommitted", "GC committed", Unit.Bytes, profile => profile.Memory.GcCommitted?.CurrentBytes),
        .. Enumerable.Range(0, 3).Select(CollectionRate),
        .. Enumerable.Range(0, 3).Select(CollectionCount),
        new("pauseShare", "GC paused", Unit.Share, profile => profile.Collections.PausePercent / 100) { IsRate = true },
        new("pauseTotalMs", "GC paused", Unit.Milliseconds, profile => profile.Collections.PauseTotalMs) { IsRate = false },
        new("pauseMaxMs", "Longest pause", Unit.Milliseconds, profile => profile.Collections.PauseMaxMs),
        new("durationSeconds", "Recorded", Unit.Seconds, profile => profile.Recording.DurationSeconds),
    ];

    /// <summary>Whether it is independent of the recording's length (true), grows with it (false), or has no counterpart of the other kind (null).</summary>
    public bool? IsRate { get; init; }

    /// <summary>The figures to compare recordings by: rates where their lengths are made comparable, else counts and sums.</summary>
    /// <param name="normalization">How the recordings are made comparable.</param>
    public static IEnumerable<MemoryFigure> For(Normalization normalization) =>
        All.Where(figure => figure.IsRate is null || figure.IsRate == (normalization != Normalization.None));

    private static MemoryFigure CollectionRate(int generation)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"gen{generation}PerMinute");
        return new(key, Collections(generation), Unit.PerMinute, PerMinute) { IsRate = true };

        double? PerMinute(MemoryProfile profile) =>
            profile.Recording.DurationSeconds > 0 ? profile.Collections.Count(generation) * 60 / profile.Recording.DurationSeconds : null;
    }

    private static MemoryFigure CollectionCount(int generation)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"gen{generation}");
        return new(key, Collections(generation), Unit.Count, profile => profile.Collections.Count(generation)) { IsRate = false };
    }

    private static string Collections(int generation) => string.Create(CultureInfo.InvariantCulture, $"Gen {generation} collections");
}
