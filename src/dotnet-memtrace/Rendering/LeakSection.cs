using Memtrace.Analysis.Findings;
using Memtrace.Exporting;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>The answer to the question whether the process leaks: the head of a report.</summary>
internal static class LeakSection
{
    private const int TopSites = 3;

    /// <summary>Lengths of recordings to advise. After an hour, a leak that is still too slow to prove is not worth another.</summary>
    private static readonly int[] RoundMinutes = [1, 2, 5, 10, 20, 30, 60];

    /// <summary>Writes the answer, what it rests on, and what to do where there is none.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="profile">The profile.</param>
    public static void Write(ReportPage page, MemoryProfile profile)
    {
        if (profile.Leak is not { } verdict || LeakText.Of(profile) is not { } answer)
            return;
        HeaderSection.Fact(page, "Leak", verdict.Answer == LeakAnswer.Unknown ? $"{answer} {Advice(verdict, profile)}" : answer);
        if (verdict.Answer != LeakAnswer.Leaking || profile.Live is not { Growth: { IsEmpty: false } growth })
            return;
        // The answer already names the fastest-growing one if its holder is known.
        var leaks = Accumulation.Of(growth);
        foreach (var leak in leaks.Take(TopSites).Where(leak => leak.Head.HeldBy is null || leak != leaks[0]))
            HeaderSection.Fact(page, " ", TerminalText.Clean(LeakText.Of(leak)));
    }

    private static int Minutes(double seconds) => RoundMinutes.FirstOrDefault(minutes => 60 * minutes >= seconds, RoundMinutes[^1]);

    private static string Advice(LeakVerdict verdict, MemoryProfile profile) => verdict.Gap switch
    {
        LeakGap.UnprovenGrowth when verdict.NeededSeconds is { } needed => NextStepText.LeakHunt("Record for longer", $"{Count.Format(Minutes(needed))}m", profile),
        LeakGap.OneFullCollection when verdict.FullCollections > 1 => NextStepText.LeakHunt("Record for longer", "1m", profile),
        LeakGap.IncompleteSurvival => NextStepText.LeakHunt("Allow longer pauses", "--max-pause 5s", profile),
        LeakGap.LostEvents when profile.Recording.LossCause == EventLossCause.TooLarge => NextStepText.Sentence("The heap itself shows what grows", NextStep.TakeHeapSnapshot, profile),
        LeakGap.LostEvents => $"{NextStepText.Sentence("Record with a larger buffer", NextStep.EnlargeBuffer, profile)} --leak",
        _ => NextStepText.LeakHunt("Find out", "", profile),
    };
}
