using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>The program stands still for garbage collection much of the time.</summary>
internal sealed class TimeInGcRule : IFindingRule
{
    private const double MuchPercent = 10;
    private const double MostPercent = 50;
    private const int LeastCollections = 10;

    /// <summary>Where more than this of the time is for collections that were asked for, they are what to look at first.</summary>
    private const double MostlyInduced = 0.5;

    public Conclusion? Apply(MemoryProfile profile)
    {
        var collections = profile.Collections;
        if (collections.PausePercent < MuchPercent || collections.Items.Length < LeastCollections)
            return null;
        var costliest = collections.Items.GroupBy(item => item.Generation).MaxBy(group => group.Sum(item => item.PauseMs))!;
        var share = Percent.Share(costliest.Sum(item => item.PauseMs), collections.PauseTotalMs);
        return new Conclusion(
            new Finding(
                "time-in-gc",
                collections.PausePercent >= MostPercent ? FindingSeverity.Critical : FindingSeverity.Warning,
                $"The program stands still for garbage collection {Percent.Format(collections.PausePercent / 100)} of the time.",
                $"{Count.Things(collections.Items.Length, "collection", "collections")} stopped it for {Duration.FormatMs(collections.PauseTotalMs)}, {Duration.FormatMs(collections.PauseMaxMs)} "
                    + $"at the longest; {Percent.Format(share)} of that were collections of generation {Count.Format(costliest.Key)}.",
                [
                    new Evidence("pausePercent", collections.PausePercent, EvidenceUnit.Percent),
                    new Evidence("pauseTotalMs", collections.PauseTotalMs, EvidenceUnit.Milliseconds),
                    new Evidence("pauseMaxMs", collections.PauseMaxMs, EvidenceUnit.Milliseconds),
                    new Evidence("collections", collections.Items.Length, EvidenceUnit.Count),
                ],
                Advice(profile, costliest.Key)),
            collections.PausePercent / 100);
    }

    private static string Advice(MemoryProfile profile, int generation)
    {
        var induced = Percent.Share(profile.Collections.Items.Where(item => item.Induced).Sum(item => item.PauseMs), profile.Collections.PauseTotalMs);
        if (induced > MostlyInduced)
            return $"{Percent.Format(induced)} of it is for collections that were asked for{At(profile.Collections)}: take the calls of GC.Collect out and compare (diff).";
        var most = profile.Allocations.Sites is [var site, ..] ? $" Most is allocated at {Place(site.Site)}." : "";
        return generation == 2
            ? "Fewer objects that get old, a smaller live heap, or more memory make full collections rarer. See report --view lifetimes of a recording with --live." + most
            : "Allocate less where most is allocated, or give generation 0 more room (DOTNET_GCgen0size, the Server GC)." + most;
    }

    private static string At(CollectionSummary collections) =>
        collections.Requests.FirstOrDefault(request => request.Site is not null) is { } caller ? $", first of all at {Place(caller.Site)}" : "";
}
