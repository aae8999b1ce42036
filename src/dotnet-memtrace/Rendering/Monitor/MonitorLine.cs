using System.Globalization;
using Memtrace.Monitoring;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering.Monitor;

/// <summary>Formats an update of a live view as one readable line.</summary>
internal static class MonitorLine
{
    /// <summary>Formats the line.</summary>
    public static string Format(LiveUpdate update)
    {
        var (profile, recent) = (update.Profile, update.Recent);
        var (memory, collections) = (profile.Memory, profile.Collections);
        List<string> parts =
        [
            update.At.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
            $"RSS {ByteSize.FormatKnown(memory.Rss?.CurrentBytes)} (peak {ByteSize.FormatKnown(memory.Rss?.PeakBytes)})",
            $"GC heap {ByteSize.FormatKnown(update.GcHeapBytes)}",
            profile.Allocations.IsKnown ? $"allocating {ByteSize.FormatRate(recent.AllocatedBytesPerSecond)}" : "allocating -",
            $"allocated {ByteSize.FormatKnown(profile.Allocations.IsKnown ? profile.Allocations.Total.Bytes : null)}",
            string.Create(CultureInfo.InvariantCulture, $"GCs {collections.Count(0)}/{collections.Count(1)}/{collections.Count(2)}"),
            $"paused {Percent.Format(recent.PauseShare)}",
            $"lost {Count.Format(profile.Recording.LostEvents)}",
        ];
        if (profile.Live is { } live)
            parts.Insert(3, $"live {ByteSize.Format(live.End.Live.Bytes)}" + Until(profile, live));
        else if (profile.Recording.SurvivalTracking)
            parts.Insert(3, "live -");
        if (memory.Container?.LimitBytes is { } limit)
            parts.Insert(2, $"container {Percent.Format(Percent.Share(memory.Container.UsedBytes, limit))} of {ByteSize.Format(limit)}");
        return string.Join("  ", parts);
    }

    private static string Until(MemoryProfile profile, LiveHeapProfile live) =>
        profile.Recording.SurvivalStopped is null ? "" : $" (until {Duration.Format(live.End.AtSeconds)})";
}
