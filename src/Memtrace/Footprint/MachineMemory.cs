namespace Memtrace.Footprint;

/// <summary>The memory of the machine at one moment. -1 means that this system does not tell.</summary>
/// <param name="Total">Bytes of physical memory.</param>
/// <param name="Available">Bytes that new work can have without swapping. Linux only.</param>
/// <param name="PressureSome10">Percent (0 to 100) of the last 10 s in which some task waited for memory. Linux, where switched on.</param>
public readonly record struct MachineMemory(long Total, long Available, double PressureSome10);
