using System.Buffers.Binary;

namespace Memtrace.Footprint.Maps;

/// <summary>
/// Finds the large blocks that glibc's malloc maps individually. Each begins with a header: the size of the padding before it (0 except for aligned
/// blocks), then its own size with flag 2; together they are whole pages (glibc, malloc/malloc.c, mmapped chunks). The kernel merges such mappings with
/// their neighbours, so the headers are searched for inside mappings as well.
/// </summary>
/// <param name="memory">The memory of the process.</param>
/// <param name="pageBudget">How many resident pages to read at most, so that a snapshot stays cheap.</param>
internal sealed class MallocChunks(ITargetMemory memory, int pageBudget = 1 << 17)
{
    private const ulong MappedMark = 2;
    private const ulong Marks = 7;

    /// <summary>malloc's default threshold for individually mapped blocks. A smaller match in the middle of other memory may be coincidence.</summary>
    private const ulong SmallestInside = 128 << 10;

    /// <summary>Where the header can be in the first page: at its start, or just before a block aligned to 32, 64, ... 4096 bytes.</summary>
    private static readonly int[] HeaderOffsets = [0, 16, 48, 112, 240, 496, 1008, 2032, 4080];

    private static readonly ulong PageSize = (ulong)Environment.SystemPageSize;

    /// <summary>Reaches the last possible header.</summary>
    private readonly byte[] _page = new byte[4096];
    private readonly bool[] _resident = new bool[512];
    private int _budget = pageBudget;

    /// <summary>Whether some memory was not searched because the page budget was used up.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>The blocks in an address range, in order; adjacent blocks are joined.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="end">The address behind it.</param>
    /// <param name="everywhere">Whether to look behind foreign memory, too.</param>
    public IReadOnlyList<(ulong Start, ulong End)> Find(ulong start, ulong end, bool everywhere = true)
    {
        var blocks = new List<(ulong Start, ulong End)>();
        var (address, boundary) = (start, start);
        while (NextResident(address, end) is { } page)
        {
            var size = SizeOfBlockAt(page, end);
            if (size > 0 && (page == boundary || size >= SmallestInside))
            {
                Add(blocks, page, page + size);
                address = boundary = page + size;
            }
            else if (everywhere)
            {
                address = page + PageSize;
            }
            else
            {
                break;
            }
        }

        return blocks;
    }

    private static void Add(List<(ulong Start, ulong End)> blocks, ulong start, ulong end)
    {
        if (blocks.Count > 0 && blocks[^1].End == start)
            blocks[^1] = (blocks[^1].Start, end);
        else
            blocks.Add((start, end));
    }

    /// <returns>The size of the block's mapping; 0 if no block begins here.</returns>
    private ulong SizeOfBlockAt(ulong address, ulong end)
    {
        if (!memory.TryRead(address, _page))
            return 0;
        foreach (var offset in HeaderOffsets)
        {
            var front = BinaryPrimitives.ReadUInt64LittleEndian(_page.AsSpan(offset));
            var size = BinaryPrimitives.ReadUInt64LittleEndian(_page.AsSpan(offset + 8));
            var mapped = front + (size & ~Marks);
            if (front == (ulong)offset && (size & Marks) == MappedMark && mapped % PageSize == 0 && mapped > 0 && mapped <= end - address)
                return mapped;
        }

        return 0;
    }

    /// <summary>The next resident page. Reading any other page would make it resident.</summary>
    private ulong? NextResident(ulong address, ulong end)
    {
        while (address < end)
        {
            var pages = _resident.AsSpan(0, (int)Math.Min((ulong)_resident.Length, (end - address) / PageSize));
            if (!memory.TryReadResidency(address, pages))
                return null;
            var first = pages.IndexOf(true);
            if (first >= 0)
                return Spend() ? address + ((ulong)first * PageSize) : null;
            address += (ulong)pages.Length * PageSize;
        }

        return null;
    }

    private bool Spend()
    {
        IsIncomplete |= _budget <= 0;
        return _budget-- > 0;
    }
}
