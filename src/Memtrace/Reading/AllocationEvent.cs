namespace Memtrace.Reading;

/// <summary>Which heap an object was allocated on. The values are the runtime's.</summary>
internal enum AllocationKind
{
    Small = 0,
    Large = 1,
    Pinned = 2,
}

/// <summary>One sampled allocation. Valid while the event is dispatched; nothing of it is copied.</summary>
internal readonly ref struct AllocationEvent
{
    /// <summary>Seconds after the session's beginning.</summary>
    public required double Seconds { get; init; }

    /// <summary>The allocating thread, as the operating system numbers it.</summary>
    public required int ThreadId { get; init; }

    /// <summary>Whether the event is an AllocationSampled; else it is an AllocationTick.</summary>
    public required bool Randomized { get; init; }

    public required AllocationKind Kind { get; init; }

    /// <summary>The type's name in the runtime's notation.</summary>
    public required ReadOnlySpan<char> TypeName { get; init; }

    public required ulong Address { get; init; }

    /// <summary>Bytes of the object; 0 where the tick is too old to say (before .NET 6).</summary>
    public required long ObjectSize { get; init; }

    /// <summary>Tick: bytes allocated since the last one. Sampled: 0.</summary>
    public required long TickAmount { get; init; }

    /// <summary>Return addresses, leaf first.</summary>
    public required ReadOnlySpan<ulong> Stack { get; init; }
}
