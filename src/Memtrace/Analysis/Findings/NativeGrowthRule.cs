using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>The resident set grows outside of the GC heap.</summary>
internal sealed class NativeGrowthRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "native-growth";

    private const double LeastRise = 16 << 20;
    private const double LeastShare = 0.05;

    /// <summary>The share of the growth that has to be outside of the GC heap: by categories, which are exact, and as the difference of two figures.</summary>
    private const double LeastPart = 0.25;
    private const double LeastEstimatedPart = 0.5;

    private const int LeastCollections = 3;

    /// <summary>Startup can load and compile code for this long.</summary>
    private const double StartupSeconds = 60;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        var rss = Trend.Growth([.. profile.Readings.Select(reading => new RegressionLine.Point(reading.Seconds, reading.RssBytes))]);
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
            bytes > outside / 2 && IsHarmless(category, last.AtSeconds - first.AtSeconds) ? FindingSeverity.Info : FindingSeverity.Warning,
            $"Memory outside of the GC heap grows{(heap > outside ? ", too" : "")}; {(bytes > outside / 2 ? "most" : "the largest part")} of it is {Name(category)}.",
            $"From {Duration.Format(first.AtSeconds)} to {Duration.Format(last.AtSeconds)}, {Name(category)} grew by {ByteSize.Format(bytes)}; "
                + $"the GC heap changed by {ByteSize.FormatSigned(heap)}.",
            [
                new Evidence($"{Key(category)}GrowthBytes", bytes, Unit.Bytes),
                new Evidence("outsideGrowthBytes", outside, Unit.Bytes),
                new Evidence("gcHeapGrowthBytes", heap, Unit.Bytes),
            ],
            Advice(category),
            Next(category));
    }

    /// <summary>The kernel reclaims mapped files, and a program that starts loads its code.</summary>
    private static bool IsHarmless(MemoryCategory category, double seconds) => category switch
    {
        MemoryCategory.MappedFiles => true,
        MemoryCategory.Images or MemoryCategory.LoaderHeaps or MemoryCategory.JitCode => seconds < StartupSeconds,
        _ => false,
    };

    /// <summary>
    /// Without a breakdown: the resident set beyond what the GC has committed, which is known after each collection; without collections, beyond what was
    /// allocated, because the heap cannot have grown by more than that.
    /// </summary>
    private static Conclusion? Estimated(MemoryProfile profile, Trend rss)
    {
        var (heap, name) = Collects(profile)
            ? ((Func<TimelinePoint, double?>)(point => point.GcCommittedBytes), "the GC has committed")
            : (point => point.AllocatedBytes, "was allocated on the GC heap");
        var outside = Trend.Growth(
        [
            .. profile.Timeline.Where(point => point.RssBytes is not null && heap(point) is not null)
                .Select(point => new RegressionLine.Point(point.Seconds, point.RssBytes!.Value - heap(point)!.Value)),
        ]);
        if (outside is null || outside.Rise < Math.Max(LeastRise, LeastEstimatedPart * rss.Rise) || !profile.Allocations.IsKnown)
            return null;
        var hasSnapshots = profile.DroppedBreakdowns > 0 || profile.Breakdown.Length > 0;
        return Conclude(
            rss,
            FindingSeverity.Warning,
            "Memory outside of the GC heap grows.",
            $"{ByteSize.Format(outside.Rise)} became resident beyond what {name}. {(hasSnapshots ? "There are too few memory map snapshots to say what it is." : "The recording has no memory map snapshots to say what it is.")}",
            [new Evidence("outsideGrowthBytesPerSecond", outside.PerSecond, Unit.BytesPerSecond, outside.Error)],
            hasSnapshots ? "Take snapshots now and later, and compare them." : "Record on Linux, with permission to read the process's memory map: the breakdown then names the category.",
            hasSnapshots ? [NextStep.ShowGenerations] : []);
    }

    /// <summary>Whether collections kept reporting what the GC has committed.</summary>
    private static bool Collects(MemoryProfile profile) =>
        profile.Heap.Length >= LeastCollections && profile.Heap[^1].Seconds >= profile.Readings[^1].Seconds - (0.25 * (profile.Readings[^1].Seconds - profile.Heap[0].Seconds));

    private static Conclusion Conclude(Trend rss, FindingSeverity severity, string title, string detail, Evidence[] evidence, string advice, params NextStep[] next) => new(
        new Finding(
            RuleId,
            severity,
            title,
            $"The resident set grows by {ByteSize.FormatRate(rss.PerSecond)}. {detail}",
            [new Evidence("rssGrowthBytesPerSecond", rss.PerSecond, Unit.BytesPerSecond, rss.Error), .. evidence],
            advice)
        {
            Next = [.. next],
        },
        rss.Rise / Math.Max(1, rss.Last));

    private static NextStep[] Next(MemoryCategory category) => category switch
    {
        MemoryCategory.MappedFiles or MemoryCategory.OtherAnonymous => [NextStep.ListMappings],
        _ => [],
    };

    private static string Advice(MemoryCategory category) => category switch
    {
        MemoryCategory.MallocHeap =>
            "Native code, or managed code with NativeMemory or Marshal, allocates and does not free: look for objects that are not disposed. A malloc profiler such as heaptrack names the caller.",
        MemoryCategory.MappedFiles => "The kernel reclaims file pages when memory is short. If the number of mappings grows as well, look for views that are not disposed.",
        MemoryCategory.ThreadStacks => "Find what starts threads, see thread-growth in docs/findings.md.",
        MemoryCategory.JitCode or MemoryCategory.LoaderHeaps => "Find what generates code, see code-growth in docs/findings.md.",
        MemoryCategory.SharedMemory => "Look for shared memory, or files in /dev/shm, that are not closed.",
        MemoryCategory.Images => "Assemblies or native libraries are being loaded: find what loads them.",
        _ => "Something maps memory without malloc: a library with its own allocator, or mmap. The list of mappings has sizes and addresses.",
    };
}
