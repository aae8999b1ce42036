using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Memtrace.Events;

// The events of a heap walk: what is on the heap and who holds it. All come from the runtime's provider; layouts: ClrEtwAll.man of dotnet/runtime. Those of
// fixed size hold a number that counts the events of their kind from 0, a count, the runtime's instance, and the items.

/// <summary>An object: an item of GCBulkNode. The layout is that of the event, 64-bit.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Size">Its size, in bytes.</param>
/// <param name="TypeId">Its type.</param>
/// <param name="References">How many items of GCBulkEdge are its references.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct HeapObject(ulong Address, long Size, ulong TypeId, long References)
{
    public const int Id = 18;
}

/// <summary>A reference from one object to another: an item of GCBulkEdge. The layout is that of the event, 64-bit.</summary>
/// <param name="Target">The object that is referred to.</param>
/// <param name="Field">Always 0.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct HeapReference(ulong Target, uint Field)
{
    public const int Id = 19;
}

/// <summary>What holds an object from outside: an item of GCBulkRootEdge. The layout is that of the event, 64-bit.</summary>
/// <param name="Target">The object.</param>
/// <param name="Kind">What holds it.</param>
/// <param name="Flags">How.</param>
/// <param name="RootId">Of a stack: the method, or 0. Of a handle: where it is.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct RootReference(ulong Target, RootReferenceKind Kind, RootReferenceFlags Flags, ulong RootId)
{
    public const int Id = 16;
}

/// <summary>Kinds of roots.</summary>
internal enum RootReferenceKind : byte
{
    Stack = 0,
    Finalizer = 1,
    Handle = 2,
    Other = 3,
}

/// <summary>How a root holds its object.</summary>
[Flags]
internal enum RootReferenceFlags : uint
{
    None = 0,
    Pinning = 1,
    Weak = 2,
    Interior = 4,
    ReferenceCounted = 8,
}

/// <summary>A dependent handle: an item of GCBulkRootConditionalWeakTableElementEdge. The layout is that of the event, 64-bit.</summary>
/// <param name="Key">The object that keeps the other one alive.</param>
/// <param name="Value">The object that is alive as long as the key is.</param>
/// <param name="RootId">Where the handle is.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct DependentReference(ulong Key, ulong Value, ulong RootId)
{
    public const int Id = 17;
}

/// <summary>Items of one event. Valid while it is dispatched.</summary>
/// <typeparam name="T">The items' type.</typeparam>
internal readonly ref struct HeapItems<T>
{
    /// <summary>Which of the events of its kind in this walk it is, from 0.</summary>
    public required uint Index { get; init; }

    /// <summary>The items that the event holds.</summary>
    public required ReadOnlySpan<T> Items { get; init; }

    /// <summary>Whether the event holds fewer items than it announces.</summary>
    public required bool IsIncomplete { get; init; }
}

/// <summary>Reads items of one kind. What it returns is valid until the next call. Not thread-safe.</summary>
/// <typeparam name="T">The items' type, laid out as in a process of 64 bits.</typeparam>
/// <param name="narrowSize">The size of an item in a process of 32 bits.</param>
/// <param name="readNarrow">Reads such an item.</param>
internal sealed class HeapItemReader<T>(int narrowSize, HeapItemReader<T>.ReadItem readNarrow)
    where T : unmanaged
{
    private T[] _widened = [];

    /// <summary>Reads an item.</summary>
    /// <param name="payload">Where it is.</param>
    public delegate T ReadItem(ref Payload payload);

    /// <summary>Reads an event.</summary>
    /// <param name="data">The event.</param>
    public HeapItems<T> Read(in RecordedEvent data)
    {
        var payload = data.Payload;
        var index = payload.ReadUInt32();
        var announced = payload.ReadUInt32();
        payload.ReadUInt16();
        var count = (int)Math.Min(announced, payload.Remaining / ItemSize(data.PointerSize));
        return new HeapItems<T> { Index = index, Items = ReadItems(payload, count, data.PointerSize), IsIncomplete = count != announced };
    }

    private unsafe int ItemSize(int pointerSize) => pointerSize == sizeof(ulong) ? sizeof(T) : narrowSize;

    private ReadOnlySpan<T> ReadItems(Payload payload, int count, int pointerSize)
    {
        if (pointerSize == sizeof(ulong))
            return MemoryMarshal.Cast<byte, T>(payload.ReadBytes(payload.Remaining))[..count];
        if (_widened.Length < count)
            _widened = new T[2 * count];
        for (var i = 0; i < count; i++)
            _widened[i] = readNarrow(ref payload);
        return _widened.AsSpan(0, count);
    }
}

/// <summary>The readers of all items of fixed size. Not thread-safe.</summary>
internal sealed class HeapGraphReader
{
    public HeapItemReader<HeapObject> Objects { get; } = new(28, (ref payload) => new(payload.ReadUInt32(), payload.ReadInt64(), payload.ReadUInt64(), payload.ReadInt64()));

    public HeapItemReader<HeapReference> References { get; } = new(8, (ref payload) => new(payload.ReadUInt32(), payload.ReadUInt32()));

    public HeapItemReader<RootReference> Roots { get; } = new(13, (ref payload) =>
        new(payload.ReadUInt32(), (RootReferenceKind)payload.ReadByte(), (RootReferenceFlags)payload.ReadUInt32(), payload.ReadUInt32()));

    public HeapItemReader<DependentReference> Dependents { get; } = new(12, (ref payload) =>
        new(payload.ReadUInt32(), payload.ReadUInt32(), payload.ReadUInt32()));
}

/// <summary>A cursor over the types of a GCBulkType event. Valid while it is dispatched.</summary>
internal ref struct HeapTypes
{
    public const int Id = 15;

    private const uint ArrayFlag = 8;

    /// <summary>The rank is 0 if an array has one dimension.</summary>
    private const int RankShift = 8, RankMask = 0x3F;

    private Payload _payload;
    private uint _rest;

    /// <summary>A count and the runtime's instance, then the types.</summary>
    /// <param name="data">The event.</param>
    public HeapTypes(in RecordedEvent data)
    {
        _payload = data.Payload;
        _rest = _payload.ReadUInt32();
        _payload.ReadUInt16();
    }

    /// <summary>The type.</summary>
    public ulong TypeId { get; private set; }

    /// <summary>Its token in the metadata of its module; of an array, of no meaning.</summary>
    public int Token { get; private set; }

    /// <summary>How many dimensions an array has; null of other types.</summary>
    public int? ArrayRank { get; private set; }

    /// <summary>Its type arguments, or the type of an array's elements.</summary>
    public ImmutableArray<ulong> Arguments { get; private set; } = [];

    /// <summary>The module that declares it, by the runtime's number; 0 if there is none.</summary>
    public ulong ModuleId { get; private set; }

    /// <summary>Its name in the runtime's notation; empty if another session has it already.</summary>
    public ReadOnlySpan<char> Name { get; private set; }

    /// <summary>Type, module, token, flags, kind of element, name, a count and as many type parameters.</summary>
    /// <returns>Whether there is another type.</returns>
    public bool Read()
    {
        if (_rest == 0)
            return false;
        _rest--;
        TypeId = _payload.ReadUInt64();
        ModuleId = _payload.ReadUInt64();
        Token = _payload.ReadInt32();
        var flags = _payload.ReadUInt32();
        ArrayRank = (flags & ArrayFlag) == 0 ? null : Math.Max(1, (int)(flags >> RankShift) & RankMask);
        _payload.ReadByte();
        Name = _payload.ReadString();
        var arguments = _payload.ReadUInt32();
        Arguments = [.. MemoryMarshal.Cast<byte, ulong>(_payload.ReadBytes((int)Math.Min(arguments * (ulong)sizeof(ulong), int.MaxValue)))];
        return !_payload.Overrun;
    }
}

/// <summary>A cursor over the static fields of a GCBulkRootStaticVar event. Valid while it is dispatched.</summary>
internal ref struct StaticRoots
{
    public const int Id = 38;

    private Payload _payload;
    private uint _rest;

    /// <summary>A count, the application domain and the runtime's instance, then the fields.</summary>
    /// <param name="data">The event.</param>
    public StaticRoots(in RecordedEvent data)
    {
        _payload = data.Payload;
        _rest = _payload.ReadUInt32();
        _payload.ReadUInt64();
        _payload.ReadUInt16();
    }

    /// <summary>Where the field is.</summary>
    public ulong Slot { get; private set; }

    /// <summary>The object in it.</summary>
    public ulong Target { get; private set; }

    /// <summary>The object's type.</summary>
    public ulong TypeId { get; private set; }

    /// <summary>The field's name, without its class.</summary>
    public ReadOnlySpan<char> Field { get; private set; }

    /// <summary>Slot, object, type, flags, name.</summary>
    /// <returns>Whether there is another field.</returns>
    public bool Read()
    {
        if (_rest == 0)
            return false;
        _rest--;
        Slot = _payload.ReadUInt64();
        Target = _payload.ReadUInt64();
        TypeId = _payload.ReadUInt64();
        _payload.ReadUInt32();
        Field = _payload.ReadString();
        return !_payload.Overrun;
    }
}
