using System.Buffers.Binary;

namespace Memtrace.Footprint.Maps;

/// <summary>
/// Finds the assemblies that a compressed single-file application has unpacked into memory: as flat files in anonymous shared memory, and
/// with precompiled code laid out in memory that the runtime reserved for code. Each begins with the headers of a PE file
/// (learn.microsoft.com, PE Format).
/// </summary>
internal static class UnpackedAssemblies
{
    private const int HeaderPointerOffset = 0x3C;
    private const int SizeOfImageOffset = 24 + 56;
    private const int LargestHeaderPointer = 4096 - SizeOfImageOffset - sizeof(uint);

    /// <summary>Finds the addresses of all of them.</summary>
    public static AddressRanges Find(IReadOnlyList<Mapping> mappings, ITargetMemory memory)
    {
        var page = new byte[4096];
        var found = new List<AddressRange>();
        foreach (var mapping in mappings.Where(MayBegin))
        {
            if (IsResident(memory, mapping.Start) && memory.TryRead(mapping.Start, page) && SizeOfImage(page) is { } size)
                found.Add(mapping.IsShared ? mapping.Range : new AddressRange(mapping.Start, mapping.Start + size));
        }

        return new AddressRanges(found);
    }

    private static bool MayBegin(Mapping mapping) => mapping.Rss > 0 && (mapping.IsShared
        ? mapping.Name.StartsWith("/dev/zero", StringComparison.Ordinal) || mapping.Name.StartsWith("/memfd:doublemapper", StringComparison.Ordinal)
        : mapping.IsAnonymous && !mapping.IsNotAccounted && !mapping.HasNoHugePages);

    private static bool IsResident(ITargetMemory memory, ulong address)
    {
        Span<bool> page = stackalloc bool[1];
        return memory.TryReadResidency(address, page) && page[0];
    }

    private static ulong? SizeOfImage(ReadOnlySpan<byte> page)
    {
        if (!page.StartsWith("MZ"u8) || BinaryPrimitives.ReadUInt32LittleEndian(page[HeaderPointerOffset..]) is not (<= LargestHeaderPointer and var pointer))
            return null;
        var header = page[(int)pointer..];
        return header.StartsWith("PE\0\0"u8) ? BinaryPrimitives.ReadUInt32LittleEndian(header[SizeOfImageOffset..]) : null;
    }
}
