namespace Memtrace.Footprint;

/// <summary>The memory of the container, that is the Linux control group, that a process runs in, at one moment.</summary>
/// <param name="Usage">Bytes charged to the group: resident memory of its processes, page cache and kernel memory.</param>
/// <param name="Limit">The smallest limit in bytes that holds for the group, its own or that of a group above it; null without one.</param>
/// <param name="OomKills">Processes that the kernel killed for lack of memory since the group began; -1 where unknown.</param>
public readonly record struct ContainerMemory(long Usage, long? Limit, long OomKills)
{
    /// <summary>The highest usage since the group began, in bytes; -1 where unknown (version 2: before Linux 5.19).</summary>
    public long Peak { get; init; } = -1;

    /// <summary>What of the usage is anonymous memory of processes, in bytes; -1 where unknown.</summary>
    public long Anonymous { get; init; } = -1;

    /// <summary>What of the usage holds contents of files, also of those in memory only (tmpfs, shared memory), in bytes; -1 where unknown.</summary>
    public long File { get; init; } = -1;

    /// <summary>What of <see cref="File"/> is in memory only (tmpfs, shared memory), so that the kernel cannot take it back, in bytes; -1 where unknown.</summary>
    public long Shared { get; init; } = -1;

    /// <summary>What of the usage the kernel needs for the group: stacks, page tables, caches of its own; in bytes; -1 where unknown.</summary>
    public long Kernel { get; init; } = -1;

    /// <summary>Percent (0 to 100) of the last 10 s in which some task of the group waited for memory; -1 where unknown.</summary>
    public double PressureSome10 { get; init; } = -1;
}
