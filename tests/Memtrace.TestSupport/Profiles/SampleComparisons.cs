using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.Comparison;
using Memtrace.Profiles;

namespace Memtrace.TestSupport.Profiles;

/// <summary>Two recordings made by hand of the same service, and what changed between them, for tests of what writes comparisons.</summary>
internal static class SampleComparisons
{
    private const long MiB = 1024 * 1024;

    /// <summary>A recording of 125 s with everything in it.</summary>
    public static MemoryProfile Before { get; } = SampleProfiles.Shop with { Live = Live(SampleProfiles.Shop.Allocations.Stacks, atSeconds: 123) };

    /// <summary>A recording of 60 s of another build: the cache holds less, a type is new, a call site is gone.</summary>
    public static MemoryProfile After { get; } = MadeAfter();

    /// <summary>What changed.</summary>
    /// <param name="options">How to compare.</param>
    public static ProfileComparison Compare(ComparisonOptions options) => ProfileComparer.Compare(Before, After, options);

    private static MemoryProfile MadeAfter()
    {
        var before = SampleProfiles.Shop.Allocations.Stacks;
        ImmutableArray<StackAllocations> stacks =
        [
            before[0] with { Allocated = Sampled(300 * MiB, 20, 150) },
            before[1] with { Allocated = Sampled(1190 * MiB, 10, 600) },
            before[2] with { Allocated = Sampled(1300 * MiB, 25_000_000, 800) },
            new("Shop.Orders.LruNode", before[2].Stack, Sampled(90 * MiB, 1_500_000, 46)),
            before[4] with { Allocated = Sampled(300 * 1024, 4500, 2) },
        ];
        return SampleProfiles.Shop with
        {
            Process = SampleProfiles.Shop.Process with { Id = 4820, RuntimeVersion = "10.0.13" },
            Recording = SampleProfiles.Shop.Recording with { File = "fixed.nettrace", DurationSeconds = 60, EndReason = EndReason.Duration, EndDetail = null, UnresolvedFrames = 0 },
            Memory = SampleProfiles.Shop.Memory with { Rss = new Measure(118 * MiB, 402 * MiB, 431 * MiB, 31), GcHeap = new Measure(88 * MiB, 290 * MiB, 301 * MiB, 30) },
            Collections = SampleProfiles.Shop.Collections with { Items = [.. SampleProfiles.Shop.Collections.Items.Take(20)], PauseTotalMs = 150, PauseMaxMs = 11, PausePercent = 0.25 },
            Allocations = Grouped(stacks, seconds: 60),
            Live = Live(stacks, atSeconds: 59),
        };
    }

    // A filter that keeps everything adds up by type, by site and in total.
    private static AllocationProfile Grouped(ImmutableArray<StackAllocations> stacks, double seconds)
    {
        var grouped = new ProfileFilter(new Regex("")).Apply(SampleProfiles.Shop.Allocations with { Stacks = stacks });
        return grouped with { BytesPerSecond = grouped.Total.Bytes / seconds };
    }

    /// <summary>A tenth of everything lives at the end, a fifth at the peak.</summary>
    private static LiveHeapProfile Live(ImmutableArray<StackAllocations> stacks, double atSeconds) =>
        new(Snapshot(stacks, 0.1, atSeconds), Snapshot(stacks, 0.2, atSeconds / 2), null, null, 0, 1, [], []);

    private static LiveSnapshot Snapshot(ImmutableArray<StackAllocations> stacks, double share, double atSeconds)
    {
        ImmutableArray<LiveStack> live = [.. stacks.Select(item => new LiveStack(item.Type, item.Stack, Part(item.Allocated, share)))];
        return new LiveSnapshot(atSeconds, live.Aggregate(Estimate.Zero, (sum, item) => sum + item.Live), Estimate.Zero, [], [], live);
    }

    private static Estimate Part(Estimate all, double share) =>
        new(all.Bytes * share, all.BytesVariance * share, all.Objects * share, all.ObjectsVariance * share, (long)Math.Ceiling(all.Samples * share));

    private static Estimate Sampled(double bytes, double objects, long samples) =>
        new(bytes, bytes * bytes / samples, objects, objects * objects / samples, samples);
}
