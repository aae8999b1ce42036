namespace Memtrace.Profiles;

/// <summary>What the garbage collector goes by. Immutable.</summary>
/// <param name="HeapHardLimitBytes">The most that it commits, or null where there is no such limit.</param>
/// <param name="HardLimitConfigured">Whether somebody set that limit; else the runtime took it from the container's.</param>
/// <param name="LargeObjectBytes">Objects of this size and more go to the large object heap.</param>
public sealed record GcSettings(long? HeapHardLimitBytes, bool HardLimitConfigured, long LargeObjectBytes)
{
    /// <summary>
    /// What it takes for all the memory there is: its hard limit, else the memory as configured, else the container's limit or the machine's memory
    /// (<c>GCMemoryInfo.TotalAvailableMemoryBytes</c>); null where unknown. In bytes.
    /// </summary>
    public long? TotalAvailableBytes { get; init; }

    /// <summary>
    /// The memory load, in percent, from which it collects and compacts more, as configured, else the runtime's 90; null where unknown: from 80 GiB on that
    /// depends on the machine.
    /// </summary>
    public int? HighLoadPercent { get; init; }

    /// <summary>The memory load that its last collection met, in percent; null where unknown.</summary>
    public int? LoadPercent { get; init; }
}
