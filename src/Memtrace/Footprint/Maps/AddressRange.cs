namespace Memtrace.Footprint.Maps;

/// <summary>A range of addresses.</summary>
/// <param name="Start">The first address.</param>
/// <param name="End">The address after the last one.</param>
internal readonly record struct AddressRange(ulong Start, ulong End)
{
    /// <summary>Its size in bytes.</summary>
    public ulong Size => End - Start;

    /// <summary>Whether it contains no address.</summary>
    public bool IsEmpty => End <= Start;

    /// <summary>Whether it contains an address.</summary>
    public bool Contains(ulong address) => address >= Start && address < End;

    /// <summary>Whether it contains all of another range.</summary>
    public bool Contains(AddressRange other) => other.Start >= Start && other.End <= End;

    /// <summary>Whether it has an address in common with another range.</summary>
    public bool Overlaps(AddressRange other) => other.Start < End && other.End > Start;
}
