using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.TestSupport.Profiles;

/// <summary>Breakdowns made by hand: each is the sum of its categories.</summary>
internal static class SampleBreakdowns
{
    private const long MiB = 1024 * 1024;

    private static readonly MappedFile Index = new("/srv/shop/data/index/segments/products-2026-03.idx", 48 * MiB);

    private static readonly MappedFile Locale = new("/usr/lib/locale/locale-archive", 3 * MiB);

    /// <summary>As the recording of <see cref="SampleProfiles.Shop"/> begins.</summary>
    public static MemoryBreakdown Start { get; } = Of(
        0, BreakdownReason.Start, [64, 2, 6, 7, 24, 2, 9, 3, 0, 3], new(20, 4, 16, 12, 4, 8), new(18, 6), new(5, 3, 4, 1), 18, [Locale]);

    /// <summary>Near its peak.</summary>
    public static MemoryBreakdown Peak { get; } = Of(
        111.5, BreakdownReason.Peak, [1050, 12, 8, 7, 26, 5, 64, 51, 1, 15], new(22, 60, 800, 140, 4, 24), new(19, 7), new(6, 40, 16, 18), 50, [Index, Locale]);

    /// <summary>As it ends: memory of the GC and of malloc has come back.</summary>
    public static MemoryBreakdown End { get; } = Of(
        125, BreakdownReason.End, [1020, 12, 8, 7, 26, 5, 58, 51, 1, 13], new(6, 50, 801, 140, 4, 19), new(19, 7), new(6, 34, 16, 18), 50, [Index, Locale]) with
    {
        SwapBytes = 12 * MiB,
    };

    /// <summary>A process of which little could be read, with its own allocator.</summary>
    public static MemoryBreakdown Limited { get; } = Of(
        0, BreakdownReason.Asked, [300, 4, 0, 6, 40, 0, 0, 0, 0, 650], null, new(30, 10), new(0, 0, 0, 0), 0, []) with
    {
        Allocators = ["jemalloc"],
        Limits = ["/proc/4711/mem cannot be read (this requires permission to trace the process): large malloc blocks are in Other anonymous."],
    };

    /// <summary>A process of which only the operating system's totals could be read.</summary>
    public static MemoryBreakdown Sums { get; } = WithoutUnknown(Of(0, BreakdownReason.Asked, [0, 0, 0, 0, 0, 0, 0, 40, 2, 258], null, new(0, 0), new(0, 0, 0, 0), 12, [])) with
    {
        Limits = ["The list of mappings (/proc/PID/smaps) cannot be read."],
    };

    /// <summary>The service of <see cref="SampleProfiles.Live"/>, with its breakdowns.</summary>
    public static MemoryProfile Live { get; } = SampleProfiles.Live with
    {
        Breakdown = [Start, At(60, BreakdownReason.Interval, 600), Peak, End],
        Memory = SampleProfiles.Live.Memory with
        {
            Container = new ContainerMemorySummary(2048 * MiB, 1331 * MiB, 0)
            {
                PeakBytes = 1402 * MiB,
                AnonymousBytes = 1190 * MiB,
                FileBytes = 118 * MiB,
                SharedBytes = 8 * MiB,
                KernelBytes = 22 * MiB,
                PressurePercent = 1.5,
            },
            RssGrowth = new RssGrowth(9.6 * MiB, 0.4 * MiB, 30, IsGcHeap: false),
        },
        Heap = [new HeapPoint(123, 2, new(6 * MiB, 50 * MiB, 801 * MiB, 140 * MiB, 4 * MiB), new(0, 2 * MiB, 24 * MiB, 12 * MiB, MiB), 1105 * MiB, 4, 60, 0, 0)],
        GcSettings = new GcSettings(1536 * MiB, false, 85_000) { TotalAvailableBytes = 1536 * MiB, HighLoadPercent = 90, LoadPercent = 64 },
    };

    /// <summary>The same, with a peak without a snapshot.</summary>
    public static MemoryProfile MissedPeak { get; } = Live with
    {
        Memory = Live.Memory with { Rss = new Measure(120 * MiB, 1196 * MiB, 2800 * MiB, 98.4) },
    };

    /// <summary>A full collection of its process.</summary>
    public static ObservedCollection Collected { get; } = new(
        new FullCollection(
            412.5,
            new(new(96 * MiB, 50 * MiB, 801 * MiB, 140 * MiB, 4 * MiB), new(0, 2 * MiB, 24 * MiB, 12 * MiB, 1 * MiB), 1105 * MiB),
            new(new(0, 21 * MiB, 640 * MiB, 64 * MiB, 4 * MiB), new(0, 0, 3 * MiB, 30 * MiB, 1 * MiB), 803 * MiB)),
        1201 * MiB,
        918 * MiB);

    /// <summary>File names that try to be something else.</summary>
    public static MemoryProfile Hostile { get; } = SampleProfiles.Empty with
    {
        Breakdown =
        [
            Start with
            {
                LargestFiles = [new("/tmp/[red]\u001b[2Ja,b\"c\"\n", MiB), new("/" + new string('x', 300), MiB)],
                Allocators = ["[bold]\u0007malloc"],
                Limits = ["a\u001b[31m limit\r\nof two lines"],
            },
        ],
    };

    private static MemoryBreakdown WithoutUnknown(MemoryBreakdown breakdown) => breakdown with
    {
        Categories = [.. breakdown.Categories.Select(item => item with { IsKnown = item.Bytes > 0 })],
    };

    private static MemoryBreakdown At(double seconds, BreakdownReason reason, long gcHeap) => Of(
        seconds, reason, [gcHeap, 12, 8, 7, 26, 5, 64, 51, 1, 15], null, new(19, 7), new(6, 40, 16, 18), 50, [Index, Locale]);

    private static MemoryBreakdown Of(
        double seconds,
        BreakdownReason reason,
        ReadOnlySpan<long> categories,
        GcHeapBreakdown? heap,
        ImageMemory images,
        MallocMemory malloc,
        int threads,
        ImmutableArray<MappedFile> files)
    {
        var items = ImmutableArray.CreateBuilder<CategoryMemory>();
        foreach (var category in Enum.GetValues<MemoryCategory>())
            items.Add(new(category, categories[(int)category] * MiB));
        var scaled = heap is null ? null : new GcHeapBreakdown(heap.Gen0 * MiB, heap.Gen1 * MiB, heap.Gen2 * MiB, heap.Loh * MiB, heap.Poh * MiB, heap.Free * MiB);
        return new MemoryBreakdown(
            seconds,
            reason,
            items.Sum(item => item.Bytes),
            0,
            items.ToImmutable(),
            scaled,
            new(images.Managed * MiB, images.Native * MiB),
            new(malloc.MainHeap * MiB, malloc.Arenas * MiB, malloc.ArenaCount, malloc.Mapped * MiB),
            threads,
            files,
            [],
            []);
    }
}
