using System.Buffers.Binary;

namespace Memtrace.Footprint.Maps;

/// <summary>
/// Finds malloc's main heap and glibc's other arenas. An arena consists of heaps of 64 MB, aligned to 64 MB, that begin with a header and of which
/// only the first part is accessible (glibc, malloc/arena.c, heap_info).
/// </summary>
internal sealed class MallocHeaps
{
    private const ulong HeapSize = 64 << 20;
    private static readonly ulong PageSize = (ulong)Environment.SystemPageSize;

    private readonly IReadOnlyList<Mapping> _mappings;
    private readonly ITargetMemory _memory;

    // The arena that each heap belongs to.
    private readonly Dictionary<ulong, ulong> _heaps = [];

    /// <param name="mappings">All mappings, in order of their addresses.</param>
    /// <param name="memory">The memory behind them.</param>
    public MallocHeaps(IReadOnlyList<Mapping> mappings, ITargetMemory memory)
    {
        (_mappings, _memory) = (mappings, memory);
        for (var i = 0; i < mappings.Count; i++)
        {
            var mapping = mappings[i];
            var next = i + 1 < mappings.Count ? mappings[i + 1] : null;
            if (!mapping.IsAnonymous || !mapping.IsWritable || mapping.Start % HeapSize != 0)
                continue;
            if ((mapping.IsNotAccounted || EndsWithHeap(mapping, next)) && ArenaOf(mapping.Start) is { } arena)
                _heaps.Add(mapping.Start, arena);
        }
    }

    /// <summary>Null if the mapping is not part of one.</summary>
    public Classification? Of(Mapping mapping)
    {
        if (mapping.Name == "[heap]")
            return new Classification(MemoryKind.MallocMainHeap, "named [heap]");
        var start = HeapOf(mapping);
        return mapping.IsAnonymous && !mapping.IsNotDumped && _heaps.ContainsKey(start) && (mapping.Start == start || mapping.End <= start + HeapSize)
            ? new Classification(MemoryKind.MallocArena, "anonymous, in the aligned 64 MB of a malloc arena")
            : null;
    }

    /// <summary>Resident bytes of each arena other than the main heap. An arena can have several heaps; each heap's header names its arena.</summary>
    public IReadOnlyList<long> Arenas =>
    [
        .. _mappings.Where(mapping => Of(mapping)?.Kind == MemoryKind.MallocArena)
            .GroupBy(mapping => _heaps[HeapOf(mapping)], (_, parts) => parts.Sum(part => part.Rss)),
    ];

    // Null if no heap begins there: other allocators reserve memory in the same way, sometimes at such a boundary. A heap begins with the addresses of
    // its arena and of the previous heap, its size, and how much of it is accessible. If the header cannot be read, assume a heap with its own arena.
    private ulong? ArenaOf(ulong address)
    {
        Span<byte> header = stackalloc byte[4 * sizeof(ulong)];
        if (!_memory.TryRead(address, header))
            return address;
        var arena = BinaryPrimitives.ReadUInt64LittleEndian(header);
        var previous = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
        var size = BinaryPrimitives.ReadUInt64LittleEndian(header[16..]);
        var accessible = BinaryPrimitives.ReadUInt64LittleEndian(header[24..]);
        var isHeap = arena != 0 && previous % HeapSize == 0 && size > 0 && size % PageSize == 0 && size <= accessible && accessible <= HeapSize;
        return isHeap ? arena : null;
    }

    private static ulong HeapOf(Mapping mapping) => mapping.Start - (mapping.Start % HeapSize);

    // With strict overcommit accounting the flag is missing; then the reserved rest up to the boundary identifies a heap.
    private static bool EndsWithHeap(Mapping mapping, Mapping? next) =>
        next is { IsReserved: true, IsNotDumped: false } && next.Start == mapping.End && next.End % HeapSize == 0 && next.End - mapping.Start == HeapSize;
}
