namespace Memtrace.Events;

/// <summary>The heap an object was allocated on. The values are the runtime's.</summary>
internal enum AllocationKind
{
    Small = 0,
    Large = 1,
    Pinned = 2,
}

/// <summary>
/// A sampled allocation: an AllocationTick or AllocationSampled event of the runtime's provider. Not a copy: valid only while the event is dispatched.
/// Layouts: ClrEtwAll.man of dotnet/runtime.
/// </summary>
internal readonly ref struct AllocationEvent : IBounded
{
    public const int TickId = 10, SampledId = 303;

    /// <summary>Seconds after the start of the session.</summary>
    public required double Seconds { get; init; }

    /// <summary>The operating system's id of the allocating thread.</summary>
    public required int ThreadId { get; init; }

    /// <summary>Whether the event is an AllocationSampled rather than an AllocationTick.</summary>
    public required bool Randomized { get; init; }

    public required AllocationKind Kind { get; init; }

    /// <summary>The runtime's id of the type; 0 if the event has none.</summary>
    public required ulong TypeId { get; init; }

    /// <summary>The type's name in the runtime's notation.</summary>
    public required ReadOnlySpan<char> TypeName { get; init; }

    public required ulong Address { get; init; }

    /// <summary>Size of the object in bytes; 0 if the tick does not have it (before .NET 6).</summary>
    public required long ObjectSize { get; init; }

    /// <summary>For a tick: bytes allocated since the previous one. Otherwise 0.</summary>
    public required long TickAmount { get; init; }

    /// <summary>Return addresses, leaf first.</summary>
    public required ReadOnlySpan<ulong> Stack { get; init; }

    /// <inheritdoc/>
    public bool IsPossible => Bounds.AreSizes(ObjectSize, TickAmount) && (!Randomized || ObjectSize > 0);

    /// <summary>
    /// An AllocationTick: amount in 32 bits, kind, the instance; version 2: amount in 64 bits, type, type's name, heap; version 3: address;
    /// version 4: the object's size.
    /// </summary>
    public static AllocationEvent ReadTick(in RecordedEvent data)
    {
        var payload = data.Payload;
        long amount = payload.ReadUInt32();
        var kind = (AllocationKind)payload.ReadInt32();
        payload.ReadUInt16();
        if (payload.Remaining > 0)
            amount = payload.ReadInt64();
        var typeId = payload.ReadPointer();
        var typeName = payload.ReadString();
        payload.ReadInt32();
        return new AllocationEvent
        {
            Seconds = data.Seconds,
            ThreadId = data.ThreadId,
            Randomized = false,
            Kind = kind,
            TypeId = typeId,
            TypeName = typeName,
            TickAmount = amount,
            Address = payload.ReadPointer(),
            ObjectSize = payload.ReadInt64(),
            Stack = data.Stack,
        };
    }

    /// <summary>An AllocationSampled: kind, the instance, type, type's name, address, the object's size, the sampled byte's offset.</summary>
    /// <returns>False if the event is too short.</returns>
    public static bool TryReadSampled(in RecordedEvent data, out AllocationEvent allocation)
    {
        var payload = data.Payload;
        var kind = (AllocationKind)payload.ReadInt32();
        payload.ReadUInt16();
        var typeId = payload.ReadPointer();
        var typeName = payload.ReadString();
        allocation = new AllocationEvent
        {
            Seconds = data.Seconds,
            ThreadId = data.ThreadId,
            Randomized = true,
            Kind = kind,
            TypeId = typeId,
            TypeName = typeName,
            TickAmount = 0,
            Address = payload.ReadPointer(),
            ObjectSize = payload.ReadInt64(),
            Stack = data.Stack,
        };
        return !payload.Overrun;
    }
}
