namespace Memtrace.Footprint.Maps;

/// <summary>What the memory of a process tells beyond the list of its mappings.</summary>
internal interface ITargetMemory
{
    /// <summary>Where the stack of each thread stands that does not run at this moment.</summary>
    IReadOnlyList<ulong> StackPointers { get; }

    /// <summary>Reads from the process's memory.</summary>
    /// <returns>Whether all of it could be read.</returns>
    bool TryRead(ulong address, Span<byte> buffer);

    /// <summary>Tells for each page from an address on whether it is resident.</summary>
    /// <returns>Whether that is known.</returns>
    bool TryReadResidency(ulong address, Span<bool> pages);
}
