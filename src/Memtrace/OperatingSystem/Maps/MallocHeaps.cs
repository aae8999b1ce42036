using System.Buffers.Binary;

namespace Memtrace.OperatingSystem.Maps;

/// <summary>
/// Finds malloc's main heap and glibc's arenas beside it: heaps of 64 MB, aligned to that, of which only the first part is accessible (glibc, malloc/arena.c).
/// </summary>
internal sealed class MallocHeaps
{
    private const ulong HeapSize = 64 << 20;

    private readonly IReadOnlyList<Mapping> _mappings;
    private readonly HashSet<ulong> _heaps = [];

    public MallocHeaps(IReadOnlyList<Mapping> mappings)
    {
        _mappings = mappings;
        for (var i = 0; i < mappings.Count; i++)
        {
            var mapping = mappings[i];
            var next = i + 1 < mappings.Count ? mappings[i + 1] : null;
            if (!mapping.IsAnonymous || !mapping.IsWritable || mapping.Start % HeapSize != 0)
                continue;
            if (mapping.IsNotAccounted || EndsWithHeap(mapping, next))
                _heaps.Add(mapping.Start);
        }
    }

    /// <summary>Null if the mapping is no part of one.</summary>
    public Verdict? Of(Mapping mapping)
    {
        if (mapping.Name == "[heap]")
            return new Verdict(MemoryKind.MallocMainHeap, "named [heap]");
        var start = HeapOf(mapping);
        return mapping.IsAnonymous && !mapping.IsNotDumped && _heaps.Contains(start) && (mapping.Start == start || mapping.End <= start + HeapSize)
            ? new Verdict(MemoryKind.MallocArena, "anonymous, in a malloc arena's aligned 64 MB")
            : null;
    }

    /// <summary>What each arena beside the main heap holds, in resident bytes: an arena can have several heaps, and each says whose it is.</summary>
    public IReadOnlyList<long> Arenas(ITargetMemory memory)
    {
        var arenas = _heaps.ToDictionary(heap => heap, heap => ArenaOf(heap, memory));
        return
        [
            .. _mappings.Where(mapping => Of(mapping)?.Kind == MemoryKind.MallocArena)
                .GroupBy(mapping => arenas[HeapOf(mapping)], (_, parts) => parts.Sum(part => part.Rss)),
        ];
    }

    private static ulong ArenaOf(ulong heap, ITargetMemory memory)
    {
        Span<byte> pointer = stackalloc byte[sizeof(ulong)];
        return memory.TryRead(heap, pointer) ? BinaryPrimitives.ReadUInt64LittleEndian(pointer) : heap;
    }

    private static ulong HeapOf(Mapping mapping) => mapping.Start - (mapping.Start % HeapSize);

    // Where the kernel accounts strictly, the flag is missing: the reserved rest up to the boundary tells as well.
    private static bool EndsWithHeap(Mapping mapping, Mapping? next) =>
        next is { IsReserved: true, IsNotDumped: false } && next.Start == mapping.End && next.End % HeapSize == 0 && next.End - mapping.Start == HeapSize;
}
