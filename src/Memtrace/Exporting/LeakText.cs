using Memtrace.Analysis.Findings;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting;

/// <summary>The answer to the question whether a process leaks, in plain words.</summary>
internal static class LeakText
{
    /// <summary>The answer and what it rests on, without advice; null if the recording has no events of the garbage collector.</summary>
    /// <param name="profile">The profile.</param>
    public static string? Of(MemoryProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return profile.Leak is { Gap: not LeakGap.NoCollectorEvents } verdict ? Answer(verdict, profile.Live?.Growth ?? [], profile.Findings) : null;
    }

    /// <summary>What accumulates, in one sentence: how fast, what, which line allocates it, and what holds it where that is known.</summary>
    /// <param name="leak">What accumulates.</param>
    internal static string Of(Accumulation leak)
    {
        var site = leak.Head;
        var rate = $"grows {ByteSize.FormatRate(leak.BytesPerSecond)}{(leak.Sites.Length > 1 ? " with what it holds" : "")}";
        var allocated = $"{rate}: {site.Type} allocated in {site.Site?.Place ?? "an unknown call site"}";
        return site.HeldBy is { } holder ? $"{allocated}, held by {HolderText.Of(holder)}" : allocated;
    }

    private static string Others(IReadOnlyList<GrowthSite> growth, Accumulation first) => growth.Count > first.Sites.Length
        ? $"; {Count.Things(growth.Count - first.Sites.Length, "other call site grows", "other call sites grow")} as well, {ByteSize.FormatRate(growth.Sum(site => site.BytesPerSecond))} in total"
        : "";

    private static string Answer(LeakVerdict verdict, IReadOnlyList<GrowthSite> growth, IReadOnlyList<Finding> findings) => verdict.Answer switch
    {
        LeakAnswer.Leaking when verdict.Findings.Contains(ManagedLeakRule.RuleId) && Accumulation.Of(growth) is [{ Head.HeldBy: not null } first, ..] =>
            $"Leaking: {Of(first)}. Full collections do not free it{Others(growth, first)}.",
        LeakAnswer.Leaking when growth.Count > 0 && verdict.Findings.Contains(ManagedLeakRule.RuleId) =>
            $"Leaking: live objects grow by {ByteSize.FormatRate(growth.Sum(site => site.BytesPerSecond))}, and full collections do not free them.",
        LeakAnswer.Leaking => $"Leaking: {string.Join(' ', findings.Where(finding => verdict.Findings.Contains(finding.Id)).Select(finding => finding.Title))}",
        LeakAnswer.NotLeaking =>
            $"Not leaking: {Count.Format(verdict.FullCollections)} full collections within {Duration.Format(verdict.Seconds!.Value)} left the same amount ({Signed(verdict.RiseBytes!.Value)}), and nothing else grows.",
        _ => $"Cannot tell: {Gap(verdict)}",
    };

    private static string Gap(LeakVerdict verdict) => verdict.Gap switch
    {
        LeakGap.NoFullCollection => "there was no full collection, so live objects and garbage cannot be told apart.",
        LeakGap.OneFullCollection => "the full collections are too few, or too close together, to compare them.",
        LeakGap.UnprovenGrowth => $"memory grew ({Signed(verdict.RiseBytes ?? 0)} of objects within {Duration.Format(verdict.Seconds ?? 0)}), but not long enough to distinguish a leak from a cache that fills up.",
        LeakGap.IncompleteSurvival => "survival was recorded for only part of the time.",
        LeakGap.LostEvents => "the runtime dropped events.",
        _ => "the recording has no events of the garbage collector.",
    };

    private static string Signed(long bytes) => bytes < 0 ? $"-{ByteSize.Format(-bytes)}" : $"+{ByteSize.Format(bytes)}";
}
