namespace Memtrace.Profiles;

/// <summary>What the garbage collector goes by. Immutable.</summary>
/// <param name="HeapHardLimitBytes">The most that it commits, or null where there is no such limit.</param>
/// <param name="HardLimitConfigured">Whether somebody set that limit; else the runtime took it from the container's.</param>
/// <param name="LargeObjectBytes">Objects of this size and more go to the large object heap.</param>
public sealed record GcSettings(long? HeapHardLimitBytes, bool HardLimitConfigured, long LargeObjectBytes);
