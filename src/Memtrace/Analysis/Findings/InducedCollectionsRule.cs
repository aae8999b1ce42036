using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>The program induces collections.</summary>
internal sealed class InducedCollectionsRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "induced-collections";

    /// <summary>One at the start and one at the end can be the recorder's; a third is the program's.</summary>
    private const int LeastRequests = 3;

    /// <summary>Below this share of the time they do no noticeable harm.</summary>
    private const double HarmfulShare = 0.01;

    public string Id => RuleId;

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
                RuleId,
                share >= HarmfulShare ? FindingSeverity.Warning : FindingSeverity.Info,
                $"{Count.Things(count, "collection was", "collections were")} induced{By(callers)}.",
                $"They paused the program for {Duration.FormatMs(pauseMs)}, {Percent.Format(share)} of the time. An unnecessary collection also promotes young objects, "
                    + "which makes full collections more expensive.",
                [
                    new Evidence("requests", count, Unit.Amount),
                    new Evidence("pauseMs", pauseMs, Unit.Milliseconds),
                    new Evidence("sharePercent", 100 * share, Unit.Percent),
                    new Evidence("callers", callers.Count, Unit.Amount),
                ],
                "Remove the calls of GC.Collect, record again and compare. GC.AddMemoryPressure induces collections, too.")
            {
                Next = [NextStep.Compare],
            },
            share);
    }

    private static string Caller(CollectionRequest request) => request.UserCode is { } user ? $"{Place(request.Site)}, called from {Place(user)}" : Place(request.Site);

    private static string By(List<CollectionRequest> callers) => callers switch
    {
        [] => "",
        [var only] => $" by {Caller(only)}",
        [var first, .. var others] => $", most often by {Caller(first)} ({Count.Things(first.Count, "time", "times")}), and by {Count.Things(others.Count, "other caller", "other callers")}",
    };
}
