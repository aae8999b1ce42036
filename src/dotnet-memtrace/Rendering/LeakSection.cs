using Memtrace.Analysis.Findings;
using Memtrace.Exporting;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>The answer to the question whether the process leaks: the head of a report.</summary>
internal static class LeakSection
{
    private const int TopSites = 3;

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

    private static string Advice(LeakVerdict verdict, MemoryProfile profile)
    {
        var collect = $"dotnet-memtrace collect {NextStepText.Target(profile)} --leak";
        return verdict.Gap switch
        {
            LeakGap.UnprovenGrowth => $"Record for longer: {collect} 10m",
            LeakGap.OneFullCollection when verdict.FullCollections > 1 => $"Record for longer: {collect} 5m",
            LeakGap.IncompleteSurvival => $"Allow longer pauses: {collect} --max-pause 5s",
            LeakGap.LostEvents when profile.Recording.LossCause == EventLossCause.TooLarge => "The heap itself shows what grows: dotnet-memtrace heap " + NextStepText.Target(profile),
            LeakGap.LostEvents => $"Record with a larger buffer: {NextStepText.Of(NextStep.EnlargeBuffer, profile)} --leak",
            _ => $"Find out: {collect}",
        };
    }
}
