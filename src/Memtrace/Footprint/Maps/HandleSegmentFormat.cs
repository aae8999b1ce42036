namespace Memtrace.Footprint.Maps;

/// <summary>
/// Recognizes the segments of the GC's handle table: 64 KiB each, aligned to that, with a header that describes 120 blocks of handles and
/// has a pointer to the next segment and one to the handle table (dotnet/runtime, src/coreclr/gc/handletablepriv.h, TableSegment).
/// </summary>
internal sealed class HandleSegmentFormat : IBlockFormat
{
    /// <summary>After the types, the user data and the locks of each block, a byte each.</summary>
    private const int TailsOffset = HandleTable.TypesOffset + (3 * HandleTable.Blocks);

    private const int AddressBits = 48;

    /// <summary>The number of handle types, which differs between versions of the runtime, sets where the pointers are.</summary>
    private const int FewestTypes = 12;
    private const int MostTypes = 16;

    /// <inheritdoc/>
    public Classification Classification { get; } = new(MemoryKind.GcHandles, "anonymous, begins with the header of a GC handle table segment");

    /// <inheritdoc/>
    public ulong SmallestInside => HandleTable.SegmentSize;

    /// <inheritdoc/>
    public ulong SizeAt(in BlockStart start) =>
        start.Address % HandleTable.SegmentSize == 0 && start.Room >= HandleTable.SegmentSize && HasBlockTypes(start) && HasPointers(start) ? HandleTable.SegmentSize : 0;

    private static bool HasBlockTypes(in BlockStart start)
    {
        foreach (var type in start.Contents.Slice(HandleTable.TypesOffset, HandleTable.Blocks))
        {
            if (type is >= MostTypes and not HandleTable.NoType)
                return false;
        }

        return start.Contents[HandleTable.TypesOffset] != HandleTable.NoType;
    }

    private static bool HasPointers(in BlockStart start)
    {
        for (var count = FewestTypes; count <= MostTypes; count++)
        {
            // For each type a tail and a hint (1 byte each) and a free count (4 bytes) come before the pointers, without padding.
            var offset = TailsOffset + (count * (1 + 1 + 4));
            var (next, table) = (start.Word(offset), start.Word(offset + sizeof(ulong)));
            if (next % HandleTable.SegmentSize == 0 && next >> AddressBits == 0 && table > HandleTable.SegmentSize && table % sizeof(ulong) == 0 && table >> AddressBits == 0)
                return true;
        }

        return false;
    }
}
