using System.Runtime.InteropServices;
using Memtrace.Footprint.Maps;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>
/// Finds closed generic types that have static fields. They are in no table of a module, and a static class has no object that leads to it. But from .NET 9 on,
/// the runtime keeps three words in its own memory for each type with static fields: where their objects are, where the others are, and the type. The type's
/// further data follow, and the type has their address (<c>DynamicStaticsInfo</c> and <c>MethodTableAuxiliaryData</c> in src/coreclr/vm/methodtable.h).
/// </summary>
/// <remarks>Only what the type itself confirms goes to the runtime's library, which crashes when it is asked for a type that is none.</remarks>
/// <param name="runtime">The runtime.</param>
internal sealed class GenericStatics(ClrRuntime runtime)
{
    /// <summary>How much of the runtime's memory is searched at most, in bytes: that of some 100,000 types.</summary>
    private const ulong MostBytes = 1 << 28;

    /// <summary>The third of the words is the type.</summary>
    private const int TypeAfter = 2;

    /// <summary>The fifth word of a type is the address of its further data: after its sizes and flags (two words), the base type and the module.</summary>
    internal const ulong DataInType = 4 * sizeof(ulong);

    /// <summary>The lowest bits say whether the fields are initialized.</summary>
    private const ulong Flags = sizeof(ulong) - 1;

    /// <summary>The types.</summary>
    public IEnumerable<ClrType> Find() =>
        TypeMemory().SelectMany(Types).Distinct().Select(runtime.GetTypeByMethodTable).OfType<ClrType>().Where(type => type.Name?.Contains('<') == true);

    /// <summary>The types in words of memory that confirm to be one.</summary>
    /// <param name="words">The words.</param>
    /// <param name="start">The first one's address.</param>
    /// <param name="isOnHeap">Whether an address is on the heap of objects.</param>
    /// <param name="wordAt">The word at an address; 0 if it is not there.</param>
    internal static List<ulong> TypesIn(ReadOnlySpan<ulong> words, ulong start, Func<ulong, bool> isOnHeap, Func<ulong, ulong> wordAt)
    {
        var found = new List<ulong>();
        for (var i = 0; i + TypeAfter < words.Length; i++)
        {
            var (fields, type, dataAfter) = (words[i] & ~Flags, words[i + TypeAfter], start + ((ulong)(i + TypeAfter + 1) * sizeof(ulong)));
            if (type != 0 && type % sizeof(ulong) == 0 && isOnHeap(fields) && wordAt(type + DataInType) == dataAfter)
                found.Add(type);
        }

        return found;
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

    private List<ulong> Types(AddressRange memory)
    {
        var reader = runtime.DataTarget.DataReader;
        var bytes = new byte[memory.Size];
        var words = MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan(0, reader.Read(memory.Start, bytes)));
        return TypesIn(words, memory.Start, address => runtime.Heap.GetSegmentByAddress(address) is not null, reader.ReadPointer);
    }
}
