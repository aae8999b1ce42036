using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>How full a collection is.</summary>
/// <param name="Count">How many elements it has.</param>
/// <param name="Capacity">For how many elements it has memory.</param>
/// <param name="UnusedBytes">The memory for unused elements.</param>
/// <param name="IsPart">Whether it continues another one, and is not a collection of its own.</param>
internal readonly record struct CollectionFill(long Count, long Capacity, long UnusedBytes, bool IsPart);

/// <summary>Where the collections of one type have their elements.</summary>
internal abstract class CollectionLayout
{
    private static readonly ImmutableArray<Shape> Shapes =
    [
        new("System.Collections.Generic.List<", "_size", "_items"),
        new("System.Collections.Generic.Dictionary<", "_count", "_entries", "_buckets") { Removed = "_freeCount" },
        new("System.Collections.Generic.OrderedDictionary<", "_count", "_entries", "_buckets"),
        new("System.Collections.Generic.HashSet<", "_count", "_entries", "_buckets") { Removed = "_freeCount" },
        new("System.Collections.Generic.Queue<", "_size", "_array"),
        new("System.Collections.Generic.Stack<", "_size", "_array"),
        new("System.Collections.Generic.PriorityQueue<", "_size", "_nodes"),
        new("System.Collections.Generic.SortedList<", "_size", "keys", "values"),
        new("System.Buffers.ArrayBufferWriter<", "_index", "_buffer"),
        new("System.Collections.ArrayList", "_size", "_items"),
        new("System.Collections.Hashtable", "_count", "_buckets"),
        new("System.Collections.Queue", "_size", "_array"),
        new("System.Collections.Stack", "_size", "_array"),
        new("System.Collections.SortedList", "_size", "keys", "values"),
        new("System.IO.MemoryStream", "_length", "_buffer"),
        new("System.Text.StringBuilder", "m_ChunkLength", "m_ChunkChars") { Previous = "m_ChunkPrevious" },
    ];

    /// <summary>The layout of a type; null if it is no known collection.</summary>
    /// <param name="type">The type: a class that derives from a collection is one, too.</param>
    /// <param name="memory">The memory.</param>
    public static CollectionLayout? Of(ClrType type, IDataReader memory)
    {
        for (var current = type; current?.Name is { } name; current = current.BaseType)
        {
            if (Shapes.FirstOrDefault(shape => IsOf(name, shape.Type)) is { } shape)
                return InArrays.Of(shape, current, memory);
            if (IsOf(name, "System.Collections.Concurrent.ConcurrentDictionary<"))
                return OffsetOf(current, "_tables") is { } tables ? new InTables(current.Heap, memory, tables) : null;
        }

        return null;
    }

    /// <summary>How full a collection is; null if it cannot be read, or is inconsistent because a thread was changing it.</summary>
    /// <param name="address">Its address.</param>
    public abstract CollectionFill? Read(ulong address);

    /// <summary>Whether a type is such a collection: not its enumerator, nor another type within it.</summary>
    private static bool IsOf(string name, string type) =>
        type.EndsWith('<') ? name.StartsWith(type, StringComparison.Ordinal) && EndOfArguments(name, type.Length - 1) == name.Length - 1 : name == type;

    private static int EndOfArguments(string name, int begin)
    {
        var depth = 0;
        for (var i = begin; i < name.Length; i++)
        {
            depth += name[i] == '<' ? 1 : name[i] == '>' ? -1 : 0;
            if (depth == 0)
                return i;
        }

        return name.Length;
    }

    private static int? OffsetOf(ClrType type, string? field) => field is null ? null : ObjectParts.OffsetOf(type, field);

    private static int? LengthOf(IDataReader memory, ulong array) => array == 0 ? 0 : memory.Read(array + ObjectParts.Fields, out int length) && length >= 0 ? length : null;

    /// <summary>A kind of collection whose elements are in arrays.</summary>
    /// <param name="Type">Its name; of a generic type, the beginning of it.</param>
    /// <param name="Count">The field with the number of used elements in the arrays.</param>
    /// <param name="Arrays">The arrays; the length of the first is the capacity.</param>
    private sealed record Shape(string Type, string Count, params ImmutableArray<string> Arrays)
    {
        /// <summary>The field that says how many of the used elements were removed; null if there is none.</summary>
        public string? Removed { get; init; }

        /// <summary>The collection that this one continues; null if collections are in one piece.</summary>
        public string? Previous { get; init; }
    }

    private sealed class InArrays(IDataReader memory, ClrHeap heap, int count, ImmutableArray<int> arrays, int? removed, int? previous) : CollectionLayout
    {
        private int? _slotSize;

        public static InArrays? Of(Shape shape, ClrType type, IDataReader memory) =>
            OffsetOf(type, shape.Count) is { } count && shape.Arrays.Select(array => OffsetOf(type, array)).OfType<int>().ToImmutableArray() is { IsEmpty: false } arrays
                ? new InArrays(memory, type.Heap, count, arrays, OffsetOf(type, shape.Removed), OffsetOf(type, shape.Previous))
                : null;

        public override CollectionFill? Read(ulong address)
        {
            if (LengthOf(memory, memory.ReadPointer(address + (ulong)arrays[0])) is not { } capacity || !memory.Read(address + (ulong)count, out int used))
                return null;
            if (removed is { } field)
                used -= memory.Read<int>(address + (ulong)field);
            if (used < 0 || used > capacity)
                return null;
            return new(used, capacity, used < capacity ? (long)(capacity - used) * SlotSize(address) : 0, previous is { } link && memory.ReadPointer(address + (ulong)link) != 0);
        }

        private int SlotSize(ulong address) => _slotSize ??= arrays.Sum(array => heap.GetObjectType(memory.ReadPointer(address + (ulong)array))?.ComponentSize ?? 0);
    }

    private sealed class InTables(ClrHeap heap, IDataReader memory, int tables) : CollectionLayout
    {
        private const int MostLocks = 1 << 16;

        private Fields? _fields;

        public override CollectionFill? Read(ulong address)
        {
            var table = memory.ReadPointer(address + (ulong)tables);
            if ((_fields ??= FieldsOf(table)) is not { } fields
                || LengthOf(memory, memory.ReadPointer(table + (ulong)fields.Buckets)) is not { } capacity
                || CountOf(memory.ReadPointer(table + (ulong)fields.Counts)) is not { } count)
                return null;
            return new(count, capacity, Math.Max(0L, capacity - count) * sizeof(ulong), IsPart: false);
        }

        private Fields? FieldsOf(ulong table) =>
            heap.GetObjectType(table) is { } type && OffsetOf(type, "_buckets") is { } buckets && OffsetOf(type, "_countPerLock") is { } counts ? new Fields(buckets, counts) : null;

        private long? CountOf(ulong array)
        {
            if (array == 0 || LengthOf(memory, array) is not (> 0 and <= MostLocks and var length))
                return null;
            var counts = new int[length];
            if (memory.Read(array + ObjectParts.Elements, MemoryMarshal.AsBytes(counts.AsSpan())) != length * sizeof(int))
                return null;
            return counts.Sum(count => (long)count) is >= 0 and var sum ? sum : null;
        }

        private sealed record Fields(int Buckets, int Counts);
    }
}
