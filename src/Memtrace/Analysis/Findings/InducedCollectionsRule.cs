using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>The program calls GC.Collect.</summary>
internal sealed class InducedCollectionsRule : IFindingRule
{
    /// <summary>One at the start and one at the end may be the recorder's; a third is the program's habit.</summary>
    private const int LeastRequests = 3;

    /// <summary>Below this share of the time they do no harm that could be felt.</summary>
    private const double HarmfulShare = 0.01;

    public Conclusion? Apply(MemoryProfile profile)
    {
        var collections = profile.Collections;
        var callers = collections.Requests.Where(request => request.Site is not null).ToList();
        var count = callers.Count > 0 ? callers.Sum(request => request.Count) : collections.Induced;
        if (count < LeastRequests || profile.Recording.DurationSeconds <= 0)
            return null;
        var pauseMs = collections.Items.Where(item => item.Induced).Sum(item => item.PauseMs);
        var share = pauseMs / 1000 / profile.Recording.DurationSeconds;
        return new Conclusion(
            new Finding(
                "induced-collections",
                share >= HarmfulShare ? FindingSeverity.Warning : FindingSeverity.Info,
                $"{Count.Things(count, "collection was", "collections were")} asked for{By(callers)}.",
                $"They stopped the program for {Duration.FormatMs(pauseMs)}, {Percent.Format(share)} of the time. A collection that nobody needs makes young objects old, "
                    + "and the next full one dearer.",
                [
                    new Evidence("requests", count, EvidenceUnit.Count),
                    new Evidence("pauseMs", pauseMs, EvidenceUnit.Milliseconds),
                    new Evidence("sharePercent", 100 * share, EvidenceUnit.Percent),
                    new Evidence("callers", callers.Count, EvidenceUnit.Count),
                ],
                "Take the calls of GC.Collect out and compare (diff). GC.AddMemoryPressure asks for collections, too."),
            share);
    }

    private static string By(List<CollectionRequest> callers) => callers switch
    {
        [] => "",
        [var only] => $" by {Place(only.Site)}",
        [var first, .. var others] => $", most often ({Count.Things(first.Count, "time", "times")}) by {Place(first.Site)}; {Count.Things(others.Count, "other place asks", "other places ask")}, too",
    };
}
