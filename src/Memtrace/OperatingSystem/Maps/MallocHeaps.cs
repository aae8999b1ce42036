using System.Buffers.Binary;

namespace Memtrace.OperatingSystem.Maps;

/// <summary>
/// Finds malloc's main heap and glibc's arenas beside it: heaps of 64 MB, aligned to that, of which only the first part is accessible (glibc, malloc/arena.c).
/// </summary>
internal sealed class MallocHeaps
{
    private const ulong HeapSize = 64 << 20;

    private readonly HashSet<ulong> _heaps = [];

    public MallocHeaps(IReadOnlyList<Mapping> mappings)
    {
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
        var start = mapping.Start - (mapping.Start % HeapSize);
        return mapping.IsAnonymous && !mapping.IsNotDumped && _heaps.Contains(start) && (mapping.Start == start || mapping.End <= start + HeapSize)
            ? new Verdict(MemoryKind.MallocArena, "anonymous, in a malloc arena's aligned 64 MB")
            : null;
    }

    /// <summary>How many arenas there are beside the main heap: an arena can have several, and each says whose it is.</summary>
    public int Count(ITargetMemory memory)
    {
        var arenas = new HashSet<ulong>();
        Span<byte> pointer = stackalloc byte[sizeof(ulong)];
        foreach (var heap in _heaps)
            arenas.Add(memory.TryRead(heap, pointer) ? BinaryPrimitives.ReadUInt64LittleEndian(pointer) : heap);
        return arenas.Count;
    }

    // Where the kernel accounts strictly, the flag is missing: the reserved rest up to the boundary tells as well.
    private static bool EndsWithHeap(Mapping mapping, Mapping? next) =>
        next is { IsReserved: true, IsNotDumped: false } && next.Start == mapping.End && next.End % HeapSize == 0 && next.End - mapping.Start == HeapSize;
}
