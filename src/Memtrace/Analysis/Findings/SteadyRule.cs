using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>The resident set is large and steady: it does not grow now. What made it large is another question.</summary>
internal sealed class SteadyRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "steady";

    private const long LargeRss = 256L << 20;
    private const double MostChange = 0.02;
    private const double LittleAllocation = 1 << 20;
    private const double LittlePause = 1;
    private const int LeastReadings = 8;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (profile.Readings is not { Length: >= LeastReadings } readings || readings[^1].Seconds - readings[0].Seconds < Trend.LeastSeconds)
            return null;
        var (lowest, highest) = (readings.Min(reading => reading.RssBytes), readings.Max(reading => reading.RssBytes));
        if (lowest < LargeRss || highest - lowest > MostChange * lowest || !IsQuiet(profile))
            return null;
        return new Conclusion(
            new Finding(
                RuleId,
                FindingSeverity.Info,
                $"{ByteSize.Format(readings[^1].RssBytes)} is resident and steady: nothing grows now.",
                $"In {Duration.Format(readings[^1].Seconds - readings[0].Seconds)} the resident set changed by no more than {ByteSize.Format(highest - lowest)}, "
                    + $"{ByteSize.FormatRate(profile.Allocations.BytesPerSecond)} were allocated.",
                [
                    new Evidence("rssBytes", readings[^1].RssBytes, Unit.Bytes),
                    new Evidence("changeBytes", highest - lowest, Unit.Bytes),
                    new Evidence("allocatedBytesPerSecond", profile.Allocations.BytesPerSecond, Unit.BytesPerSecond),
                ],
                MayBeEmpty(profile)
                    ? $"How much of the GC heap {HeapUse.Unknown}"
                    : "The recording does not show how it became so large: see where the memory is, and what holds the objects on the heap. Without memory pressure, the runtime returns unused memory late or never.")
            {
                Next = MayBeEmpty(profile) ? [NextStep.Collect] : [],
            },
            0);
    }

    // Until a collection, an empty heap looks like a full one.
    private static bool MayBeEmpty(MemoryProfile profile) =>
        profile.Breakdown is [.., var last] && HeapUse.IsUnknown(profile, last) && last[MemoryCategory.GcHeap] > last.RssBytes / 2;

    private static bool IsQuiet(MemoryProfile profile)
    {
        var seconds = Math.Max(1e-3, profile.Recording.DurationSeconds);
        var (allocations, error) = (profile.Allocations, profile.Allocations.Total.ErrorBytes / seconds);
        return allocations.IsKnown && allocations.BytesPerSecond + error < LittleAllocation && profile.Collections.PausePercent < LittlePause;
    }
}
