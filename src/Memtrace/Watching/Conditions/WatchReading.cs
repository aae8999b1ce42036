using System.Collections.Immutable;
using Memtrace.Footprint;
using Memtrace.Profiles;

namespace Memtrace.Watching.Conditions;

/// <summary>What is known of a watched process at one moment. Immutable; amounts in bytes; null is unknown.</summary>
/// <param name="Seconds">The moment, on a clock that never jumps.</param>
internal sealed record WatchReading(double Seconds)
{
    /// <summary>The resident set.</summary>
    public long? Rss { get; init; }

    /// <summary>The resident set without file pages, which the kernel reclaims when memory is short.</summary>
    public long? Held { get; init; }

    /// <summary>What is swapped out.</summary>
    public long? Swap { get; init; }

    /// <summary>Number of threads.</summary>
    public int? Threads { get; init; }

    /// <summary>The GC heap after the last collection.</summary>
    public long? GcHeap { get; init; }

    /// <summary>What the GC had committed after the last collection.</summary>
    public long? GcCommitted { get; init; }

    /// <summary>Total pause for collections since watching began, in ms.</summary>
    public double? PausedMs { get; init; }

    /// <summary>Estimated allocation since watching began; null without allocation sampling.</summary>
    public double? Allocated { get; init; }

    /// <summary>The container's limit; null also if there is none.</summary>
    public long? ContainerLimit { get; init; }

    /// <summary>The container's usage without what the kernel reclaims when memory is short.</summary>
    public long? ContainerUsed { get; init; }

    /// <summary>The machine's memory.</summary>
    public long? MachineTotal { get; init; }

    /// <summary>The machine's memory that is available without swapping.</summary>
    public long? MachineAvailable { get; init; }

    /// <summary>The findings of the time since watching began; empty in readings for which they were not evaluated.</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];

    /// <summary>What is left of the memory that runs out first; null if neither is known.</summary>
    public long? Left => (ContainerLimit - ContainerUsed, MachineAvailable) switch
    {
        ({ } container, { } machine) => Math.Max(0, Math.Min(container, machine)),
        var (container, machine) => Math.Max(0, container ?? machine ?? long.MaxValue) is var left and < long.MaxValue ? left : null,
    };

    /// <summary>The reading with the operating system's figures of a process.</summary>
    /// <param name="memory">The figures.</param>
    public WatchReading With(in ProcessMemory memory) => this with
    {
        Rss = memory.Rss,
        Held = memory.Rss - (memory.RssFile ?? 0),
        Swap = memory.Swap,
        Threads = memory.Threads,
    };

    /// <summary>The reading with the figures of the container.</summary>
    /// <param name="memory">The figures.</param>
    public WatchReading With(in ContainerMemory memory) => this with
    {
        ContainerLimit = memory.Limit,
        ContainerUsed = memory.Usage - memory.Reclaimable,
    };

    /// <summary>The reading with the figures of the machine.</summary>
    /// <param name="memory">The figures.</param>
    public WatchReading With(in MachineMemory memory) => this with { MachineTotal = memory.Total, MachineAvailable = memory.Available };

    /// <summary>The reading with the runtime's figures.</summary>
    /// <param name="figures">The figures since watching began.</param>
    public WatchReading With(RuntimeFigures figures) => this with
    {
        GcHeap = figures.GcHeapBytes,
        GcCommitted = figures.GcCommittedBytes,
        PausedMs = figures.PausedMs,
        Allocated = figures.AllocatedBytes,
    };
}
