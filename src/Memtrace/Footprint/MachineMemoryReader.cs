using Memtrace.Profiles;

namespace Memtrace.Footprint;

/// <summary>
/// Reads the memory of the machine; on Linux a reading allocates nothing. In a container these are the host's figures. Not thread-safe.
/// </summary>
internal sealed class MachineMemoryReader : IDisposable
{
    private readonly PseudoFile _memory;
    private readonly PseudoFile _pressure;

    /// <summary>Reads from a folder that looks like /proc.</summary>
    internal MachineMemoryReader(string procFolder)
    {
        _memory = new PseudoFile($"{procFolder}/meminfo");
        _pressure = new PseudoFile($"{procFolder}/pressure/memory");
    }

    /// <summary>Opens the machine that this process runs on.</summary>
    public static MachineMemoryReader Open() => new("/proc");

    /// <summary>Reads the current figures.</summary>
    /// <param name="memory">The reading; undefined if this returns false.</param>
    /// <returns>False if the figures are not available on this system.</returns>
    public bool TryRead(out MachineMemory memory)
    {
        if (!_memory.TryRead(out var text))
            return TryReadPortably(out memory);

        memory = default;
        if (KernelText.Bytes(text, "MemTotal:"u8) is not { } total)
            return false;
        memory = new MachineMemory(total, KernelText.Bytes(text, "MemAvailable:"u8), ReadPressure());
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.Dispose();
        _pressure.Dispose();
    }

    private double? ReadPressure() => _pressure.TryRead(out var text) ? KernelText.Fraction(text, "some avg10="u8) : null;

    // Outside Linux, this process's own GC knows how much memory there is.
    private static bool TryReadPortably(out MachineMemory memory)
    {
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        memory = new MachineMemory(total, Available: null, PressureSome10: null);
        return total > 0;
    }
}
