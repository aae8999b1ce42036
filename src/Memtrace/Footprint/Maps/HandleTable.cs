using System.Buffers.Binary;
using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Footprint.Maps;

/// <summary>Counts the handles in segments of the GC's handle table (dotnet/runtime, src/coreclr/gc/handletablepriv.h, TableSegment).</summary>
internal static class HandleTable
{
    /// <summary>The size of a segment, to which it is aligned.</summary>
    public const ulong SegmentSize = 64 << 10;

    /// <summary>A segment has this many blocks, each with 64 handles of one type.</summary>
    public const int Blocks = 120;

    /// <summary>The free masks, a bit for each handle, come after the generations (4 bytes for each block) and the allocation chains (1 byte).</summary>
    public const int MasksOffset = Blocks * (4 + 1);

    /// <summary>The type of each block, a byte each, comes after the masks.</summary>
    public const int TypesOffset = MasksOffset + (Blocks * sizeof(ulong));

    /// <summary>The type of a block that is not in use.</summary>
    public const byte NoType = 0xFF;

    /// <summary>Names in the order of the types' numbers (src/coreclr/gc/gcinterface.h, HandleType).</summary>
    private static readonly string[] Kinds =
        ["weak", "weakTrackResurrection", "normal", "pinned", "variable", "refCounted", "dependent", "asyncPinned", "sizedRef", "weakNativeCom", "weakInterior", "crossReference"];

    /// <summary>How many handles of each kind are in use, the most frequent kind first.</summary>
    /// <param name="segments">Ranges of whole segments.</param>
    /// <param name="memory">The memory of the process.</param>
    public static ImmutableArray<HandleCount> Count(IEnumerable<AddressRange> segments, ITargetMemory memory)
    {
        var counts = new Dictionary<string, long>();
        var page = new byte[4096];
        foreach (var range in segments)
        {
            for (var address = range.Start; address < range.End; address += SegmentSize)
            {
                if (memory.TryRead(address, page))
                    Add(counts, page);
            }
        }

        return [.. counts.Select(item => new HandleCount(item.Key, item.Value)).OrderByDescending(item => item.Count).ThenBy(item => item.Kind, StringComparer.Ordinal)];
    }

    private static void Add(Dictionary<string, long> counts, ReadOnlySpan<byte> header)
    {
        for (var block = 0; block < Blocks; block++)
        {
            var type = header[TypesOffset + block];
            if (type == NoType)
                continue;
            var free = BinaryPrimitives.ReadUInt64LittleEndian(header[(MasksOffset + (block * sizeof(ulong)))..]);
            var kind = type < Kinds.Length ? Kinds[type] : "other";
            counts[kind] = counts.GetValueOrDefault(kind) + 64 - System.Numerics.BitOperations.PopCount(free);
        }
    }
}
