using System.Buffers.Binary;

namespace Memtrace.Footprint.Maps;

/// <summary>A page that may be the first one of a block. Valid until the next page is read.</summary>
/// <param name="address">Its address.</param>
/// <param name="mapping">The mapping that it is in.</param>
/// <param name="end">The end of the adjacent mappings of the same kind, which a block can extend to.</param>
/// <param name="contents">Its contents.</param>
internal readonly ref struct BlockStart(ulong address, AddressRange mapping, ulong end, ReadOnlySpan<byte> contents)
{
    /// <summary>The page's address.</summary>
    public ulong Address { get; } = address;

    /// <summary>The mapping that the page is in.</summary>
    public AddressRange Mapping { get; } = mapping;

    /// <summary>How large a block can be.</summary>
    public ulong Room { get; } = end - address;

    /// <summary>The page's contents.</summary>
    public ReadOnlySpan<byte> Contents { get; } = contents;

    /// <summary>The 64-bit word at an offset.</summary>
    public ulong Word(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(Contents[offset..]);
}
