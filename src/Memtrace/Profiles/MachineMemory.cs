namespace Memtrace.Profiles;

/// <summary>Memory of the machine at one moment. What is null is unknown.</summary>
/// <param name="Total">Physical memory, in bytes.</param>
/// <param name="Available">Bytes that can be allocated without swapping. Linux only.</param>
/// <param name="PressureSome10">Percentage (0 to 100) of the last 10 s in which some task stalled on memory. Linux with PSI enabled.</param>
public readonly record struct MachineMemory(long Total, long? Available, double? PressureSome10)
{
    /// <summary>What is not available, in bytes.</summary>
    public long? Used => Total - Available;
}
