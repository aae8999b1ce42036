using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>
/// Answers whether a process leaks. Both answers need evidence: a finding for a leak; for none, two full collections, some time apart, that left the same
/// amount. Everything else is unknown, with what is missing.
/// </summary>
internal static class LeakAssessment
{
    /// <summary>If two full collections are closer together than this, the program may merely have paused its work in between.</summary>
    private const double MinSeconds = Trend.LeastSeconds;

    /// <summary>How much tables, pools and jitted code grow in a warmed-up program.</summary>
    private const long MaxRiseBytes = 1 << 20;

    /// <summary>On large heaps, the amount in use varies more.</summary>
    private const double MaxRiseShare = 0.002;

    /// <summary>The share of the followed objects whose survival lost events may hide.</summary>
    private const double MaxUnknownShare = 0.05;

    private static readonly ImmutableArray<string> Leaks = [ManagedLeakRule.RuleId, HeapGrowthRule.RuleId, NativeGrowthRule.RuleId];

    /// <summary>The verdict.</summary>
    /// <param name="profile">The profile with its findings.</param>
    public static LeakVerdict Of(MemoryProfile profile)
    {
        var full = profile.Heap.Where(point => point.Generation == 2).ToList();
        var leaks = profile.Findings.Where(finding => finding.Severity > FindingSeverity.Info && Leaks.Contains(finding.Id)).Select(finding => finding.Id).ToImmutableArray();
        var gap = leaks.IsEmpty ? Gap(profile, full) : LeakGap.None;
        var answer = (leaks.IsEmpty, gap) switch
        {
            (false, _) => LeakAnswer.Leaking,
            (_, LeakGap.None) => LeakAnswer.NotLeaking,
            _ => LeakAnswer.Unknown,
        };
        var older = OlderHeap.Of(profile);
        return new LeakVerdict(answer, gap, full.Count)
        {
            Findings = leaks,
            RiseBytes = full is [var first, .., var last] ? last.ObjectBytes - first.ObjectBytes : null,
            Seconds = full is [var begin, .., var end] ? end.Seconds - begin.Seconds : null,
            OlderBytes = older?.Bytes,
            OlderSurvived = older is { Survived: true },
            NeededSeconds = gap == LeakGap.UnprovenGrowth ? NeededSeconds(profile, full) : null,
        };
    }

    private static LeakGap Gap(MemoryProfile profile, List<HeapPoint> full)
    {
        if (profile.Heap.IsEmpty && profile.Collections.Total == 0 && !profile.Allocations.IsKnown)
            return LeakGap.NoCollectorEvents;
        if (full.Count == 0)
            return LeakGap.NoFullCollection;
        if (full is not [var first, .., var last] || last.Seconds - first.Seconds < MinSeconds)
            return LeakGap.OneFullCollection;
        if (profile.Recording is { SurvivalTracking: true, SurvivalStopped: not null } || profile.Live is { } live && live.UnknownSurvival > MaxUnknownShare * live.End.Live.Samples)
            return LeakGap.IncompleteSurvival;
        if (profile.Recording.LostEvents > 0)
            return LeakGap.LostEvents;
        return last.ObjectBytes - first.ObjectBytes > Math.Max(MaxRiseBytes, MaxRiseShare * last.ObjectBytes) || ProcessGrows(profile) ? LeakGap.UnprovenGrowth : LeakGap.None;
    }

    /// <summary>Twice the time has less than half the error. At the observed rate, it must also be long enough for the rise that counts as a leak.</summary>
    private static double? NeededSeconds(MemoryProfile profile, List<HeapPoint> full)
    {
        if (profile.Live is null)
            return null;
        var (rise, seconds) = (full[^1].ObjectBytes - full[0].ObjectBytes, full[^1].Seconds - full[0].Seconds);
        return 2 * Math.Max(profile.Recording.DurationSeconds, rise > 0 ? ManagedLeakRule.LeastRise * seconds / rise : 0);
    }

    private static bool ProcessGrows(MemoryProfile profile) => LastingGrowth.Of(profile) is { Trend: var trend } && trend.Rise > MaxRiseShare * trend.Last + MaxRiseBytes;
}
