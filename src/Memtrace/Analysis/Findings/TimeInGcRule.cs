using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>Garbage collection pauses the program much of the time.</summary>
internal sealed class TimeInGcRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "time-in-gc";

    private const double MuchPercent = 10;
    private const double MostPercent = 50;
    private const int LeastCollections = 10;

    /// <summary>If induced collections are more than this share of the pauses, they come first.</summary>
    private const double MostlyInduced = 0.5;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        var collections = profile.Collections;
        if (collections.PausePercent < MuchPercent || collections.Items.Length < LeastCollections)
            return null;
        var costliest = collections.Items.GroupBy(item => item.Generation).MaxBy(group => group.Sum(item => item.PauseMs))!;
        var share = Percent.Share(costliest.Sum(item => item.PauseMs), collections.PauseTotalMs);
        return new Conclusion(
            new Finding(
                RuleId,
                collections.PausePercent >= MostPercent ? FindingSeverity.Critical : FindingSeverity.Warning,
                $"The program is paused for garbage collection {Percent.Format(collections.PausePercent / 100)} of the time.",
                $"{Count.Things(collections.Items.Length, "collection", "collections")} paused it for {Duration.FormatMs(collections.PauseTotalMs)}, for {Duration.FormatMs(collections.PauseMaxMs)} "
                    + $"at most; {Percent.Format(share)} of that was generation {Count.Format(costliest.Key)}.",
                [
                    new Evidence("pausePercent", collections.PausePercent, Unit.Percent),
                    new Evidence("pauseTotalMs", collections.PauseTotalMs, Unit.Milliseconds),
                    new Evidence("pauseMaxMs", collections.PauseMaxMs, Unit.Milliseconds),
                    new Evidence("collections", collections.Items.Length, Unit.Amount),
                ],
                Advice(profile, costliest.Key))
            {
                Next = [.. Next(profile, costliest.Key)],
            },
            collections.PausePercent / 100);
    }

    private static string Advice(MemoryProfile profile, int generation)
    {
        var induced = InducedShare(profile.Collections);
        if (induced > MostlyInduced)
            return $"{Percent.Format(induced)} of it is for induced collections{At(profile.Collections)}: remove the calls of GC.Collect, record again and compare.";
        var most = profile.Allocations.Sites is [var site, ..] ? $" Most is allocated at {Place(site.Site)}." : "";
        return generation == 2
            ? "Keep fewer long-lived objects, or give the process more memory: full collections then become rarer." + most
            : "Allocate less at the top call sites, or enlarge Gen 0 (DOTNET_GCgen0size, Server GC)." + most;
    }

    private static NextStep[] Next(MemoryProfile profile, int generation)
    {
        if (InducedShare(profile.Collections) > MostlyInduced)
            return [NextStep.Compare];
        return generation < 2 ? [] : [profile.Live is null ? NextStep.RecordSurvival : NextStep.ListLifetimes];
    }

    private static double InducedShare(CollectionSummary collections) =>
        Percent.Share(collections.Items.Where(item => item.Induced).Sum(item => item.PauseMs), collections.PauseTotalMs);

    private static string At(CollectionSummary collections) =>
        collections.Requests.FirstOrDefault(request => request.Site is not null) is { } caller ? $", mainly at {Place(caller.Site)}" : "";
}
