using System.Runtime.InteropServices;
using Memtrace.Footprint.Maps;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>
/// Finds closed generic types that have static fields. They are in no table of a module, and a static class has no object that leads to it. But beside each type
/// with static fields, the runtime keeps in its own memory where their objects are and, two words further, the type (<c>DynamicStaticsInfo</c> in
/// src/coreclr/vm/methodtable.h, from .NET 9 on).
/// </summary>
/// <param name="runtime">The runtime.</param>
internal sealed class GenericStatics(ClrRuntime runtime)
{
    /// <summary>How much of the runtime's memory is searched at most, in bytes: that of some 100,000 types.</summary>
    private const ulong MostBytes = 1 << 28;

    private const int TypeAfter = 2;

    /// <summary>The lowest bits say whether the fields are initialized.</summary>
    private const ulong Flags = sizeof(ulong) - 1;

    /// <summary>The types.</summary>
    public IEnumerable<ClrType> Find()
    {
        var heaps = TypeMemory();
        var places = new AddressRanges(heaps);
        return heaps.SelectMany(heap => Candidates(heap, places)).Distinct().Select(runtime.GetTypeByMethodTable).OfType<ClrType>().Where(type => type.Name?.Contains('<') == true);
    }

    private List<AddressRange> TypeMemory()
    {
        var left = MostBytes;
        var heaps = new List<AddressRange>();
        foreach (var heap in runtime.EnumerateClrNativeHeaps().Where(heap => heap.Kind is NativeHeapKind.HighFrequencyHeap or NativeHeapKind.LowFrequencyHeap))
        {
            if (heap.MemoryRange.Length > left)
                break;
            left -= heap.MemoryRange.Length;
            heaps.Add(new AddressRange(heap.MemoryRange.Start, heap.MemoryRange.End));
        }

        return heaps;
    }

    private List<ulong> Candidates(AddressRange heap, AddressRanges places)
    {
        var bytes = new byte[heap.Size];
        var words = MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan(0, runtime.DataTarget.DataReader.Read(heap.Start, bytes)));
        var found = new List<ulong>();
        for (var i = 0; i + TypeAfter < words.Length; i++)
        {
            var (fields, type) = (words[i] & ~Flags, words[i + TypeAfter]);
            if (type % sizeof(ulong) == 0 && places.Contains(type) && runtime.Heap.GetSegmentByAddress(fields) is not null)
                found.Add(type);
        }

        return found;
    }
}
