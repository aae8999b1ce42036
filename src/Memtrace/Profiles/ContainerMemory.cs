namespace Memtrace.Profiles;

/// <summary>Memory of the container (the Linux control group) that a process runs in, at one moment. What is null is unknown.</summary>
/// <param name="Usage">Bytes charged to the group: resident memory of its processes, page cache and kernel memory.</param>
/// <param name="Limit">The lowest limit in bytes that applies to the group, its own or an ancestor's; null if there is none.</param>
/// <param name="OomKills">Processes that the OOM killer has killed since the group was created.</param>
public readonly record struct ContainerMemory(long Usage, long? Limit, long? OomKills)
{
    /// <summary>The highest usage since the group was created, in bytes. Unknown in version 2 before Linux 5.19.</summary>
    public long? Peak { get; init; }

    /// <summary>The part of the usage that is anonymous memory of processes, in bytes.</summary>
    public long? Anonymous { get; init; }

    /// <summary>The part of the usage that is page cache, including tmpfs and shared memory, in bytes.</summary>
    public long? File { get; init; }

    /// <summary>The part of <see cref="File"/> that is tmpfs or shared memory, which the kernel cannot reclaim, in bytes.</summary>
    public long? Shared { get; init; }

    /// <summary>The part of the usage that is kernel memory (stacks, page tables, slabs, socket buffers), in bytes.</summary>
    public long? Kernel { get; init; }

    /// <summary>Percentage (0 to 100) of the last 10 s in which some task of the group stalled on memory.</summary>
    public double? PressureSome10 { get; init; }

    /// <summary>
    /// The part of the usage by pages of files on disk, which the kernel reclaims before it kills, in bytes; 0 if it is unknown.
    /// </summary>
    public long Reclaimable => Math.Clamp((File ?? 0) - (Shared ?? 0), 0, Usage);
}
