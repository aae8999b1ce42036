using Memtrace.Footprint;

namespace Memtrace.HeapSnapshots;

/// <summary>The memory that is left for a snapshot.</summary>
internal static class AvailableMemory
{
    /// <summary>What this machine has left, or the container that this tool runs in if that is less; null if unknown.</summary>
    public static long? Here()
    {
        using var machine = MachineMemoryReader.Open();
        using var container = ContainerMemoryReader.Open(Environment.ProcessId);
        var free = machine.TryRead(out var memory) ? memory.Available : null;
        return In(container) is { } left && left < (free ?? long.MaxValue) ? left : free;
    }

    /// <summary>What a container has left below its limit; null without a container or a limit.</summary>
    /// <param name="container">The container.</param>
    public static long? In(ContainerMemoryReader? container) =>
        container is not null && container.TryRead(out var memory) && memory.Limit is { } limit ? Math.Max(0, limit - memory.Usage + memory.Reclaimable) : null;
}
