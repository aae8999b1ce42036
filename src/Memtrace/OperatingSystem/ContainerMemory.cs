namespace Memtrace.OperatingSystem;

/// <summary>The memory of the container, that is the Linux control group, that a process runs in, at one moment.</summary>
/// <param name="Usage">Bytes charged to the group: resident memory of its processes, page cache and kernel memory.</param>
/// <param name="Limit">The smallest limit in bytes that holds for the group, its own or that of a group above it; null without one.</param>
/// <param name="OomKills">Processes that the kernel killed for lack of memory since the group began; -1 where unknown.</param>
public readonly record struct ContainerMemory(long Usage, long? Limit, long OomKills);
