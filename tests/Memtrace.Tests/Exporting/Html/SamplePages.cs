using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Tests.Exporting.Html;

/// <summary>Profiles made by hand that put everything on a page, or too much.</summary>
internal static class SamplePages
{
    private const string Attack = "</script><img src=x onerror=alert(1)>";
    private const long MiB = 1024 * 1024;

    /// <summary>Findings, a breakdown, a live heap: all that can be on a page.</summary>
    public static MemoryProfile Full { get; } = SampleProfiles.Live with
    {
        Findings = [Finding("managed-leak", FindingSeverity.Critical, "OrderCache.Add grows by 4.9 MiB/s."), Finding("many-collections", FindingSeverity.Info, "Collections are many.")],
        Breakdown = [Moment(0, BreakdownReason.Start, 120), Moment(60, BreakdownReason.Interval, 700), Moment(112, BreakdownReason.Peak, 1240), Moment(125, BreakdownReason.End, 1201)],
    };

    /// <summary>Markup wherever a process or its developer can put a name.</summary>
    public static MemoryProfile Attacked { get; } = Full with
    {
        Process = Full.Process with { Name = Attack, CommandLine = Attack },
        Recording = Full.Recording with { File = Attack, EndDetail = Attack, SurvivalStopped = Attack },
        Allocations = Full.Allocations with
        {
            Types = [new(Attack, Full.Allocations.Total)],
            Sites = [new(Attack, Evil, Evil, new CallStack(Evil, null), Full.Allocations.Total)],
            Stacks = [new(Attack, new CallStack(Evil, null), Full.Allocations.Total)],
        },
        Findings = [Finding(Attack, FindingSeverity.Warning, Attack)],
    };

    /// <summary>More memory map snapshots than there is room for.</summary>
    public static MemoryProfile ManyMoments { get; } = Full with
    {
        Breakdown = [.. Enumerable.Range(0, 40).Select(i => Moment(30 * i, i == 0 ? BreakdownReason.Start : i == 39 ? BreakdownReason.End : BreakdownReason.Interval, 120 + 20 * i))],
    };

    /// <summary>A type, and methods of it, of 900 characters.</summary>
    public static MemoryProfile LongNames { get; } = WithLongNames($"Shop.Box<{string.Join(", ", Enumerable.Range(0, 50).Select(i => $"Shop.Wordy.Argument{i}"))}>");

    /// <summary>A tree of 100,000 nodes, and one stack of 2,000 frames beside it.</summary>
    public static MemoryProfile Large { get; } = SampleProfiles.Shop with { Allocations = LargeAllocations(100_000) };

    private static Frame Evil => new(Attack, Attack, Attack, 1, FrameOrigin.User);

    private static MemoryProfile WithLongNames(string type)
    {
        var method = new Frame($"{type}.Add", "Shop.dll", "/src/Box.cs", 1, FrameOrigin.User);
        return Full with
        {
            Allocations = Full.Allocations with
            {
                Types = [new(type, Full.Allocations.Total)],
                Sites = [new(type, method, method, new CallStack(method, null), Full.Allocations.Total)],
                Stacks = [new(type, new CallStack(method, null), Full.Allocations.Total)],
            },
        };
    }

    private static Finding Finding(string id, FindingSeverity severity, string title) =>
        new(id, severity, title, $"It was seen at {new string('x', 200)}.", [new Evidence("growthBytesPerSecond", 4.9 * MiB, Unit.BytesPerSecond, 0.2 * MiB)], "Look into it.");

    private static MemoryBreakdown Moment(double at, BreakdownReason reason, long mebibytes)
    {
        var categories = Enum.GetValues<MemoryCategory>();
        var rest = mebibytes * MiB * 4 / 10 / (categories.Length - 1);
        return new MemoryBreakdown(
            at,
            reason,
            mebibytes * MiB,
            0,
            [.. categories.Select(category => new CategoryMemory(category, category == MemoryCategory.GcHeap ? mebibytes * MiB - rest * (categories.Length - 1) : rest))],
            null,
            new ImageMemory(0, 0),
            new MallocMemory(0, 0, 0, 0),
            12,
            [],
            [],
            []);
    }

    // Ten callees a frame, breadth first, until there are enough.
    private static AllocationProfile LargeAllocations(int nodes)
    {
        var all = new List<CallStack>(nodes);
        for (var i = 0; i < nodes; i++)
            all.Add(new CallStack(Frame(i % 10 + 1000 * (i % 7)), i < 10 ? null : all[i / 10 - 1]));
        var deep = Enumerable.Range(0, 2000).Aggregate((CallStack?)null, (caller, i) => new CallStack(Frame(100_000 + i), caller));
        var leaves = all.Skip(nodes / 10 - 1);
        ImmutableArray<StackAllocations> stacks =
        [
            .. leaves.Select((stack, i) => new StackAllocations($"Data.Type{i % 50}", stack, new Estimate(1000 + i % 991, 100, 10, 1, 5))),
            new("Data.Deep", deep, new Estimate(10 * MiB, 100, 10, 1, 5)),
        ];
        var total = stacks.Aggregate(Estimate.Zero, (sum, item) => sum + item.Allocated);
        return new AllocationProfile(AllocationSampling.Randomized, total, total.Bytes, [], [], stacks);
    }

    private static Frame Frame(int number) => new($"Large.Space.Class{number / 10}.Method{number}", "Large.dll", null, null, number % 3 == 0 ? FrameOrigin.Framework : FrameOrigin.User);
}
