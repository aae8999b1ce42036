namespace Memtrace.Footprint.Maps;

/// <summary>
/// Recognizes the segments of the NonGC heap, where the runtime keeps string literals and other objects that live forever. A segment begins
/// with the empty header of its first object and a pointer to that object's method table, which is on a loader heap
/// (dotnet/runtime, src/coreclr/vm/frozenobjectheap.cpp).
/// </summary>
/// <param name="loaderHeaps">The addresses of the loader heaps.</param>
internal sealed class FrozenSegmentFormat(AddressRanges loaderHeaps) : IBlockFormat
{
    /// <inheritdoc/>
    public Classification Classification { get; } = new(MemoryKind.FrozenHeap, "anonymous, begins with an object of the runtime outside of the GC's ranges");

    /// <summary>A segment is never in the middle of other memory.</summary>
    public ulong SmallestInside => ulong.MaxValue;

    /// <summary>The used part of a segment is as large as the mapping: the reserved rest follows.</summary>
    public ulong SizeAt(in BlockStart start) =>
        start.Word(0) == 0 && start.Word(8) % 8 == 0 && loaderHeaps.Contains(start.Word(8)) ? start.Mapping.End - start.Address : 0;
}
