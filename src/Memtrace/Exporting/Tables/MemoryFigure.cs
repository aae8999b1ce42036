using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>A single figure of a recording's memory, collections or length, declared once for all outputs of a comparison.</summary>
/// <param name="Key">Its name in data.</param>
/// <param name="Title">Its name on the screen.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Value">Takes it out of a profile; null where the recording does not say.</param>
public sealed record MemoryFigure(string Key, string Title, ColumnKind Kind, Func<MemoryProfile, double?> Value)
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<MemoryFigure> All { get; } =
    [
        new("rss", "RSS", ColumnKind.Bytes, profile => profile.Memory.Rss?.CurrentBytes),
        new("rssPeak", "RSS peak", ColumnKind.Bytes, profile => profile.Memory.Rss?.PeakBytes),
        new("gcHeap", "GC heap", ColumnKind.Bytes, profile => profile.Memory.GcHeap?.CurrentBytes),
        new("gcHeapPeak", "GC heap peak", ColumnKind.Bytes, profile => profile.Memory.GcHeap?.PeakBytes),
        new("gcCommitted", "GC committed", ColumnKind.Bytes, profile => profile.Memory.GcCommitted?.CurrentBytes),
        .. Enumerable.Range(0, 3).Select(CollectionRate),
        .. Enumerable.Range(0, 3).Select(CollectionCount),
        new("pauseShare", "GC paused", ColumnKind.Share, profile => profile.Collections.PausePercent / 100) { IsRate = true },
        new("pauseTotalMs", "GC paused", ColumnKind.Milliseconds, profile => profile.Collections.PauseTotalMs) { IsRate = false },
        new("pauseMaxMs", "Longest pause", ColumnKind.Milliseconds, profile => profile.Collections.PauseMaxMs),
        new("durationSeconds", "Recorded", ColumnKind.Seconds, profile => profile.Recording.DurationSeconds),
    ];

    /// <summary>Whether the recording's length makes no difference to it (true), makes one (false), or does not matter (null).</summary>
    public bool? IsRate { get; init; }

    /// <summary>Those that recordings can be compared by: where their lengths are to make no difference, rates stand for counts and sums.</summary>
    /// <param name="normalization">How the recordings are made comparable.</param>
    public static IEnumerable<MemoryFigure> For(Normalization normalization) =>
        All.Where(figure => figure.IsRate is null || figure.IsRate == (normalization != Normalization.None));

    private static MemoryFigure CollectionRate(int generation)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"gen{generation}PerMinute");
        return new(key, Collections(generation), ColumnKind.PerMinute, PerMinute) { IsRate = true };

        double? PerMinute(MemoryProfile profile) =>
            profile.Recording.DurationSeconds > 0 ? profile.Collections.Count(generation) * 60 / profile.Recording.DurationSeconds : null;
    }

    private static MemoryFigure CollectionCount(int generation)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"gen{generation}");
        return new(key, Collections(generation), ColumnKind.Count, profile => profile.Collections.Count(generation)) { IsRate = false };
    }

    private static string Collections(int generation) => string.Create(CultureInfo.InvariantCulture, $"Gen {generation} collections");
}
