namespace Memtrace.Footprint.Maps;

/// <summary>Access to the memory behind a process's mappings.</summary>
internal interface ITargetMemory
{
    /// <summary>The stack pointers of the threads that are not running at this moment.</summary>
    IReadOnlyList<ulong> StackPointers { get; }

    /// <summary>The devices of the file systems that are in memory only, such as <c>00:2f</c>.</summary>
    IReadOnlySet<string> MemoryDevices { get; }

    /// <summary>Reads from the process's memory.</summary>
    /// <returns>Whether all of it could be read.</returns>
    bool TryRead(ulong address, Span<byte> buffer);

    /// <summary>Reads for each page from an address on whether it is resident.</summary>
    /// <returns>Whether that could be read.</returns>
    bool TryReadResidency(ulong address, Span<bool> pages);
}
