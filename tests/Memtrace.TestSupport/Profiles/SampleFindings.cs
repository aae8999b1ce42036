using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.TestSupport.Profiles;

/// <summary>Findings made by hand, for tests of what writes them.</summary>
internal static class SampleFindings
{
    private const double MiB = 1024 * 1024;

    /// <summary>The service that leaks, with what follows from it.</summary>
    public static MemoryProfile Shop { get; } = SampleProfiles.Live with { Findings = Every() };

    /// <summary>A service that was killed, with what a snapshot beside the recording still answers.</summary>
    public static MemoryProfile Killed { get; } = SampleProfiles.Empty with
    {
        Process = SampleProfiles.Shop.Process,
        Recording = SampleProfiles.Shop.Recording with { EndReason = EndReason.OutOfMemory, EndDetail = null, HeapSnapshot = "shop.memsnap" },
        Memory = SampleProfiles.Shop.Memory,
        Leak = new LeakVerdict(LeakAnswer.Unknown, LeakGap.NoFullCollection, 0),
        Findings =
        [
            new Finding(
                "older-heap",
                FindingSeverity.Info,
                "612.0 MiB of the GC heap is older than the recording, so the recording cannot show what it is.",
                "612.0 MiB, 96.0% of the heap, had been allocated before the recording began.",
                [new Evidence("olderBytes", 612 * MiB, Unit.Bytes)],
                "A snapshot of the heap lists all objects by type and shows what holds them.")
            {
                Next = [NextStep.TakeHeapSnapshot, NextStep.Collect],
            },
        ],
    };

    /// <summary>A finding with names that try to be something else.</summary>
    public static MemoryProfile Hostile { get; } = SampleProfiles.Empty with
    {
        Findings =
        [
            new Finding(
                "managed-leak",
                FindingSeverity.Warning,
                "[red]Evil\u001b[31m,Type\r\n\"quoted\"[/] objects pile up at \u6ce8\u6587.\u53d7\u6ce8\u30c7\u30fc\u30bf.\u8ffd\u52a0.",
                "Very.Long." + string.Concat(Enumerable.Repeat("Name", 60)) + " stays.",
                [new Evidence("growthBytesPerSecond", 1024, Unit.BytesPerSecond)],
                "Look \u202e at it."),
        ],
    };

    private static ImmutableArray<Finding> Every() =>
    [
        new Finding(
            "where",
            FindingSeverity.Info,
            "Most of the 1.2 GiB resident is the GC heap (1.0 GiB, 87.3%).",
            "Everything else: 153.0 MiB.",
            [new Evidence("rssBytes", 1201 * MiB, Unit.Bytes), new Evidence("gcHeapBytes", 1048 * MiB, Unit.Bytes)],
            "Record survival to see which call sites the live objects come from.")
        {
            Next = [NextStep.RecordSurvival],
        },
        new Finding(
            "container-limit",
            FindingSeverity.Critical,
            "The container uses 96.0% of its 2.0 GiB.",
            "81.9 MiB is left; at the limit, the OOM killer kills a process. The process grows by 8.0 MiB/s: at that rate the container is full in 10.2 s.",
            [
                new Evidence("usedPercent", 96, Unit.Percent),
                new Evidence("growthBytesPerSecond", 8 * MiB, Unit.BytesPerSecond, 0.25 * MiB),
                new Evidence("secondsLeft", 10.24, Unit.Seconds),
                new Evidence("oomKills", 1, Unit.Amount),
            ],
            "Raise the limit, or reduce what the other findings name."),
        new Finding(
            "managed-leak",
            FindingSeverity.Warning,
            "Shop.Orders.Order objects accumulate at Shop.Orders.OrderCache.Add (OrderCache.cs:42), 4.9 MiB/s.",
            "Objects allocated there stay alive: from 12.0 MiB to 612.0 MiB in 1m 57s, and full collections did not free them.",
            [
                new Evidence("growthBytesPerSecond", 4.9 * MiB, Unit.BytesPerSecond, 0.2 * MiB),
                new Evidence("liveBytes", 612 * MiB, Unit.Bytes),
                new Evidence("sites", 2, Unit.Amount),
            ],
            "Find what holds these objects.")
        {
            Next = [NextStep.ListGrowth],
        },
        new Finding(
            "time-in-gc",
            FindingSeverity.Warning,
            "The program is paused for garbage collection 12.0% of the time.",
            "40 collections paused it for 15.0 s, for 812 ms at most.",
            [new Evidence("pausePercent", 12, Unit.Percent), new Evidence("pauseMaxMs", 812, Unit.Milliseconds)],
            "Allocate less where most is allocated."),
        new Finding(
            "thread-growth",
            FindingSeverity.Warning,
            "The number of threads grows by 30 per minute, to 120.",
            "Each has a stack.",
            [new Evidence("growthPerSecond", 0.5, Unit.Amount, 0.01), new Evidence("threads", 120, Unit.Amount)],
            "Check what they do."),
        new Finding(
            "mapped-files",
            FindingSeverity.Info,
            "25.0% of the resident set is mapped files, 300.0 MiB.",
            "The kernel reclaims these pages when memory is short.",
            [new Evidence("mappedBytes", 300 * MiB, Unit.Bytes)],
            "Judge the process by the rest."),
    ];
}
