namespace Memtrace.Profiles;

/// <summary>The limits that the garbage collector observes. Immutable.</summary>
/// <param name="HeapHardLimitBytes">The most memory that it commits, or null if there is no such limit.</param>
/// <param name="HardLimitConfigured">Whether that limit was configured; otherwise the runtime derived it from the container's.</param>
/// <param name="LargeObjectBytes">Objects of this size and more go to the large object heap.</param>
public sealed record GcSettings(long? HeapHardLimitBytes, bool HardLimitConfigured, long LargeObjectBytes)
{
    /// <summary>
    /// What it regards as the total memory: its hard limit, else the configured memory, else the container's limit or the machine's memory
    /// (<c>GCMemoryInfo.TotalAvailableMemoryBytes</c>); null if unknown. In bytes.
    /// </summary>
    public long? TotalAvailableBytes { get; init; }

    /// <summary>
    /// The memory load, in percent, at which it becomes aggressive, as configured, else the runtime's 90; null if unknown: from 80 GiB on that
    /// depends on the machine.
    /// </summary>
    public int? HighLoadPercent { get; init; }

    /// <summary>The memory load at its last collection, in percent; null if unknown.</summary>
    public int? LoadPercent { get; init; }
}
