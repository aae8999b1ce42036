namespace Memtrace.Footprint.Maps;

/// <summary>
/// Recognizes the large blocks that glibc's malloc maps individually. Each begins with a header: the size of the padding before it (0 except for aligned
/// blocks), then its own size with flag 2; together they are whole pages (glibc, malloc/malloc.c, mmapped chunks).
/// </summary>
internal sealed class MallocBlockFormat : IBlockFormat
{
    private const ulong MappedMark = 2;
    private const ulong Marks = 7;

    /// <summary>Where the header can be in the first page: at its start, or just before a block aligned to 32, 64, ... 4096 bytes.</summary>
    private static readonly int[] HeaderOffsets = [0, 16, 48, 112, 240, 496, 1008, 2032, 4080];

    private static readonly ulong PageSize = (ulong)Environment.SystemPageSize;

    /// <inheritdoc/>
    public Classification Classification { get; } = new(MemoryKind.MallocMapped, "anonymous, begins with the header of a malloc block");

    /// <summary>malloc's default threshold for individually mapped blocks.</summary>
    public ulong SmallestInside => 128 << 10;

    /// <inheritdoc/>
    public ulong SizeAt(in BlockStart start)
    {
        foreach (var offset in HeaderOffsets)
        {
            var (front, size) = (start.Word(offset), start.Word(offset + 8));
            var mapped = front + (size & ~Marks);
            if (front == (ulong)offset && (size & Marks) == MappedMark && mapped % PageSize == 0 && mapped > 0 && mapped <= start.Room)
                return mapped;
        }

        return 0;
    }
}
