using Memtrace.Analysis.Collections;
using Memtrace.Events;
using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>Large objects are short-lived, and only full collections can free them.</summary>
internal sealed class LohChurnRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "loh-churn";

    private const double LeastBytes = 64 << 20;

    /// <summary>The share of the allocated bytes that may still be on the large object heap.</summary>
    private const double MostKept = 0.2;

    private const int LeastCollections = 3;
    private const long DefaultLargeObject = 85_000;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        var threshold = profile.GcSettings?.LargeObjectBytes ?? DefaultLargeObject;
        var sites = profile.Allocations.Sites.Where(site => site.Allocated.Bytes >= threshold * site.Allocated.Objects).ToList();
        var large = sites.Aggregate(Estimate.Zero, (sum, site) => sum + site.Allocated);
        var collections = profile.Collections.Items.Count(item => item.Generation == 2 && item.Reason == nameof(CollectionReason.AllocLarge));
        if (large.Bytes - large.ErrorBytes < LeastBytes || collections < LeastCollections || Kept(profile) is not { } kept || kept > MostKept * large.Bytes)
            return null;
        var worst = sites[0];
        var rate = large.Bytes / Math.Max(1e-3, profile.Recording.DurationSeconds);
        return new Conclusion(
            new Finding(
                RuleId,
                FindingSeverity.Warning,
                $"Large objects are short-lived, {ByteSize.FormatRate(rate)}, most of them {worst.Type} at {Place(worst.Site)}.",
                $"{ByteSize.Format(large.Bytes)} was allocated on the large object heap, which grew by {ByteSize.Format(kept)}. Only full collections free large objects: "
                    + $"{Count.Things(collections, "was", "were")} triggered by them.",
                [
                    new Evidence("largeBytes", large.Bytes, Unit.Bytes, profile.Allocations.Sampling == AllocationSampling.Randomized ? large.ErrorBytes : null),
                    new Evidence("largestSiteBytes", worst.Allocated.Bytes, Unit.Bytes),
                    new Evidence("keptBytes", kept, Unit.Bytes),
                    new Evidence("fullCollections", collections, Unit.Amount),
                ],
                "Reuse the buffers (ArrayPool<T>, RecyclableMemoryStream), or use a stream instead of one large array."),
            Percent.Share(large.Bytes, profile.Allocations.Total.Bytes));
    }

    /// <summary>Growth of the large object heap; null if unknown.</summary>
    private static long? Kept(MemoryProfile profile) => profile.Heap is [var first, .., var last] ? Math.Max(0, last.Size.Loh - first.Size.Loh) : null;
}
