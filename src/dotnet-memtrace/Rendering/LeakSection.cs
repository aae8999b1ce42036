using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>The answer to the question whether the process leaks: the head of a report.</summary>
internal static class LeakSection
{
    private const int TopSites = 3;

    /// <summary>Writes the answer, what it rests on, and what to do where there is none.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="profile">The profile.</param>
    public static void Write(ReportPage page, MemoryProfile profile)
    {
        if (profile.Leak is not { Gap: not LeakGap.NoCollectorEvents } verdict)
            return;
        HeaderSection.Fact(page, "Leak", Answer(verdict, profile));
        if (verdict.Answer != LeakAnswer.Leaking || profile.Live is not { Growth: { IsEmpty: false } growth })
            return;
        foreach (var site in growth.Take(TopSites))
        {
            HeaderSection.Fact(page, " ", page.Names.Text(
                TerminalText.Clean($"{ByteSize.FormatRate(site.BytesPerSecond)} {site.Type} at {site.Site?.Place ?? "an unknown call site"}"), page.Width - HeaderSection.LabelWidth));
        }
    }

    private static string Answer(LeakVerdict verdict, MemoryProfile profile) => verdict.Answer switch
    {
        LeakAnswer.Leaking when profile.Live is { Growth: { IsEmpty: false } growth } && verdict.Findings.Contains("managed-leak") =>
            $"Leaking: live objects grow by {ByteSize.FormatRate(growth.Sum(site => site.BytesPerSecond))}, and full collections do not free them.",
        LeakAnswer.Leaking => $"Leaking: see the {(verdict.Findings.Length == 1 ? "finding" : "findings")} {string.Join(" and ", verdict.Findings)}.",
        LeakAnswer.NotLeaking =>
            $"Not leaking: {Count.Format(verdict.FullCollections)} full collections within {Duration.Format(verdict.Seconds!.Value)} left the same ({Signed(verdict.RiseBytes!.Value)}), and nothing else grows.",
        _ => $"Cannot tell: {Gap(verdict)} {Advice(verdict, profile)}",
    };

    private static string Gap(LeakVerdict verdict) => verdict.Gap switch
    {
        LeakGap.NoFullCollection => "no full collection took place, so live objects and garbage cannot be told apart.",
        LeakGap.OneFullCollection => "the full collections are too few, or too close together, to compare them.",
        LeakGap.UnprovenGrowth => $"memory grew ({Signed(verdict.RiseBytes ?? 0)} of objects within {Duration.Format(verdict.Seconds ?? 0)}), but not long enough to distinguish a leak from a cache that fills up.",
        LeakGap.IncompleteSurvival => "survival was recorded for a part of the time only.",
        LeakGap.LostEvents => "the runtime dropped events.",
        _ => "the recording has no events of the garbage collector.",
    };

    private static string Advice(LeakVerdict verdict, MemoryProfile profile)
    {
        var collect = $"dotnet-memtrace collect {NextStepText.Target(profile)} --leak";
        return verdict.Gap switch
        {
            LeakGap.UnprovenGrowth => $"Record for longer: {collect} 10m",
            LeakGap.IncompleteSurvival => $"Allow longer pauses: {collect} --max-pause 5s",
            LeakGap.LostEvents when profile.Recording.LossCause == EventLossCause.TooLarge => "The heap itself shows what grows: dotnet-memtrace heap " + NextStepText.Target(profile),
            LeakGap.LostEvents => $"Record with a larger buffer: {collect} --buffersize 1024",
            _ => $"Find out: {collect}",
        };
    }

    private static string Signed(long bytes) => bytes < 0 ? $"-{ByteSize.Format(-bytes)}" : $"+{ByteSize.Format(bytes)}";
}
