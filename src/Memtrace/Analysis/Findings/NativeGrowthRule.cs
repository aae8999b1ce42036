using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>The resident set grows, and it is not the GC heap.</summary>
internal sealed class NativeGrowthRule : IFindingRule
{
    private const double LeastRise = 16 << 20;
    private const double LeastShare = 0.05;

    /// <summary>The part of the growth that has to be outside of the GC heap: as categories, which are exact, and as the difference of two figures.</summary>
    private const double LeastPart = 0.25;
    private const double LeastEstimatedPart = 0.5;

    private const int LeastCollections = 3;

    public Conclusion? Apply(MemoryProfile profile)
    {
        var rss = Trend.Growth([.. profile.Readings.Select(reading => (reading.Seconds, (double)reading.RssBytes))]);
        if (rss is null || rss.Rise < Math.Max(LeastRise, LeastShare * rss.Last))
            return null;
        return profile.Breakdown is [var first, .., var last] && first.Knows(MemoryCategory.GcHeap) && last.Knows(MemoryCategory.GcHeap) ? ByCategory(rss, first, last) : Estimated(profile, rss);
    }

    private static Conclusion? ByCategory(Trend rss, MemoryBreakdown first, MemoryBreakdown last)
    {
        var rises = last.Categories.Where(item => item.Category is not (MemoryCategory.GcHeap or MemoryCategory.GcBookkeeping))
            .Select(item => (item.Category, Bytes: item.Bytes - first[item.Category]))
            .OrderByDescending(item => item.Bytes)
            .ToList();
        var outside = rises.Sum(item => item.Bytes);
        if (outside < LeastRise || outside < LeastPart * (last.RssBytes - first.RssBytes))
            return null;
        var (category, bytes) = rises[0];
        var heap = last[MemoryCategory.GcHeap] - first[MemoryCategory.GcHeap];
        return Conclude(
            rss,
            category == MemoryCategory.MappedFiles && bytes > outside / 2 ? FindingSeverity.Info : FindingSeverity.Warning,
            $"Memory outside of the GC heap grows{(heap > outside ? " too" : "")}, {(bytes > outside / 2 ? "most" : "the largest part")} of it {Name(category)}.",
            $"Of what became resident from {Duration.Format(first.AtSeconds)} to {Duration.Format(last.AtSeconds)}, {ByteSize.Format(bytes)} is {Name(category)}; "
                + $"the GC heap changed by {ByteSize.FormatSigned(heap)}.",
            [
                new Evidence($"{Key(category)}GrowthBytes", bytes, EvidenceUnit.Bytes),
                new Evidence("outsideGrowthBytes", outside, EvidenceUnit.Bytes),
                new Evidence("gcHeapGrowthBytes", heap, EvidenceUnit.Bytes),
            ],
            Advice(category));
    }

    /// <summary>
    /// Without a breakdown: what is resident beyond what the GC has committed, which is known as of each collection; where there is none, beyond what was
    /// allocated, for by more than that the heap cannot have grown.
    /// </summary>
    private static Conclusion? Estimated(MemoryProfile profile, Trend rss)
    {
        var (heap, name) = Collects(profile)
            ? ((Func<TimelinePoint, double?>)(point => point.GcCommittedBytes), "the GC has committed")
            : (point => point.AllocatedBytes, "was allocated on the GC heap");
        var outside = Trend.Growth(
        [
            .. profile.Timeline.Where(point => point.RssBytes is not null && heap(point) is not null)
                .Select(point => (point.Seconds, point.RssBytes!.Value - heap(point)!.Value)),
        ]);
        if (outside is null || outside.Rise < Math.Max(LeastRise, LeastEstimatedPart * rss.Rise) || !profile.Allocations.IsKnown)
            return null;
        return Conclude(
            rss,
            FindingSeverity.Warning,
            "Memory outside of the GC heap grows.",
            $"Beyond what {name}, {ByteSize.Format(outside.Rise)} became resident. {(profile.DroppedBreakdowns > 0 || profile.Breakdown.Length > 0 ? "Too few memory map snapshots were taken to say what it is." : "The recording has no memory map snapshots that could say what it is.")}",
            [new Evidence("outsideGrowthBytesPerSecond", outside.PerSecond, EvidenceUnit.BytesPerSecond, outside.Error)],
            profile.DroppedBreakdowns > 0 || profile.Breakdown.Length > 0
                ? "Take snapshots yourself, now and later: dotnet-memtrace where has no time limit."
                : "Record on Linux without --no-breakdown, and with the rights to read the process's memory map: that names the category.");
    }

    /// <summary>What the GC has committed is known only where collections go on to say so.</summary>
    private static bool Collects(MemoryProfile profile) =>
        profile.Heap.Length >= LeastCollections && profile.Heap[^1].Seconds >= profile.Readings[^1].Seconds - (0.25 * (profile.Readings[^1].Seconds - profile.Heap[0].Seconds));

    private static Conclusion Conclude(Trend rss, FindingSeverity severity, string title, string detail, Evidence[] evidence, string advice) => new(
        new Finding(
            "native-growth",
            severity,
            title,
            $"The resident set grows by {ByteSize.FormatRate(rss.PerSecond)}. {detail}",
            [new Evidence("rssGrowthBytesPerSecond", rss.PerSecond, EvidenceUnit.BytesPerSecond, rss.Error), .. evidence],
            advice),
        rss.Rise / Math.Max(1, rss.Last));

    private static string Advice(MemoryCategory category) => category switch
    {
        MemoryCategory.MallocHeap =>
            "Native code, or NativeMemory and Marshal in managed code, allocates and does not free: look for handles that nobody disposes; a profiler of malloc, such as heaptrack, names the caller.",
        MemoryCategory.MappedFiles => "The kernel takes pages of files back when memory is short. If the number of mappings grows as well (where --maps), look for views that are not disposed.",
        MemoryCategory.ThreadStacks => "Look for what starts threads, see thread-growth in docs/findings.md.",
        MemoryCategory.JitCode or MemoryCategory.LoaderHeaps => "Look for code that is made while the program runs, see code-growth in docs/findings.md.",
        MemoryCategory.SharedMemory => "Look for shared memory, or files in /dev/shm, that stay open.",
        MemoryCategory.Images => "Assemblies or native libraries are being loaded: look for what loads them.",
        _ => "Something maps memory past malloc: a library with an allocator of its own, or mmap; the list of mappings (where --maps) has sizes and addresses.",
    };
}
