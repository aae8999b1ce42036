using Memtrace.Profiles;

namespace Memtrace.Events;

/// <summary>
/// GCHeapStats: the heap after a collection, in bytes. Size includes the large and the pinned object heap. Unless noted otherwise, the events in this
/// file come from the runtime's provider; layouts: ClrEtwAll.man of dotnet/runtime.
/// </summary>
internal readonly record struct HeapStatistics(double Seconds, long SizeBytes, long PromotedBytes) : IBounded
{
    public const int Id = 4;

    /// <summary>Size by generation.</summary>
    public GenerationBytes Generations { get; init; }
    public long FinalizationSurvivors { get; init; }
    public long PinnedObjects { get; init; }
    public long Handles { get; init; }

    /// <inheritdoc/>
    public bool IsPossible => Bounds.AreSizes(Generations) && Bounds.AreSizes(PromotedBytes, FinalizationSurvivors, PinnedObjects, Handles);

    /// <summary>
    /// Size and promoted bytes of generations 0 to 3, bytes and number of what waits for finalizers, pinned objects, sink blocks, handles; version 1: the
    /// instance; version 2: generation 4.
    /// </summary>
    public static bool TryRead(in RecordedEvent data, out HeapStatistics statistics)
    {
        var payload = data.Payload;
        Span<long> sizes = stackalloc long[5];
        long promoted = 0;
        for (var generation = 0; generation <= 3; generation++)
        {
            sizes[generation] = payload.ReadInt64();
            promoted += payload.ReadInt64();
        }

        statistics = default;
        if (payload.Overrun)
            return false;
        payload.ReadInt64();
        var (survivors, pinned) = (payload.ReadInt64(), payload.ReadInt32());
        payload.ReadInt32();
        var handles = payload.ReadInt32();
        payload.ReadUInt16();
        sizes[4] = payload.ReadInt64();
        promoted += payload.ReadInt64();
        var bytes = GenerationFields.Of(sizes);
        statistics = new HeapStatistics(data.Seconds, bytes.Total, promoted)
        {
            Generations = bytes,
            FinalizationSurvivors = survivors,
            PinnedObjects = pinned,
            Handles = handles,
        };
        return true;
    }
}

/// <summary>
/// The CommittedUsage of a GCDynamicEvent, in bytes: memory committed for objects, in use or free, on heaps or not. The GC's bookkeeping is separate
/// because it is committed long before it is resident.
/// </summary>
internal readonly record struct CommittedUsage(double Seconds, long HeapBytes, long BookkeepingBytes) : IBounded
{
    public const int Id = 39;

    /// <inheritdoc/>
    public bool IsPossible => Bounds.AreSizes(HeapBytes, BookkeepingBytes);

    /// <summary>A name, the data's size, the data: version, in use, to be decommitted, free on heaps, free elsewhere, bookkeeping.</summary>
    /// <returns>False if the event has another name or is too short.</returns>
    public static bool TryRead(in RecordedEvent data, out CommittedUsage usage)
    {
        usage = default;
        var payload = data.Payload;
        if (!payload.ReadString().SequenceEqual("CommittedUsage"))
            return false;
        payload.ReadInt32();
        payload.ReadUInt16();
        var heap = payload.ReadInt64() + payload.ReadInt64() + payload.ReadInt64() + payload.ReadInt64();
        usage = new CommittedUsage(data.Seconds, heap, payload.ReadInt64());
        return !payload.Overrun;
    }
}

/// <summary>GCGlobalHeapHistory: the settings of a collection.</summary>
internal readonly record struct CollectorHistory(double Seconds, int HeapCount) : IBounded
{
    public const int Id = 205;

    /// <summary>The memory load at the collection, in percent; null if the event has none (before version 2).</summary>
    public int? MemoryLoad { get; init; }

    /// <inheritdoc/>
    public bool IsPossible => HeapCount is >= 0 and <= ushort.MaxValue && MemoryLoad is null or (>= 0 and <= 100);

    /// <summary>
    /// Generation 0's next budget, heaps, generation, reductions of it, reason, mechanisms, the instance; version 2: the pause mode, the memory load.
    /// </summary>
    public static CollectorHistory Read(in RecordedEvent data)
    {
        const int BetweenHeapsAndLoad = (4 * sizeof(int)) + sizeof(ushort) + sizeof(int);
        var payload = data.Payload;
        payload.ReadInt64();
        var history = new CollectorHistory(data.Seconds, payload.ReadInt32());
        payload.ReadBytes(BetweenHeapsAndLoad);
        var load = payload.ReadInt32();
        return payload.Overrun ? history : history with { MemoryLoad = load };
    }
}

/// <summary>GCPerHeapHistory: size and free space of one GC heap by generation, in bytes.</summary>
internal readonly record struct HeapHistory(double Seconds, GenerationBytes Free) : IBounded
{
    public const int Id = 204;

    /// <summary>Size by generation after the collection, including free space.</summary>
    public GenerationBytes Size { get; init; }

    /// <summary>Size by generation before the collection, including free space.</summary>
    public GenerationBytes SizeBefore { get; init; }

    /// <summary>Free space by generation before the collection; objects that it then found dead are not included.</summary>
    public GenerationBytes FreeBefore { get; init; }

    /// <inheritdoc/>
    public bool IsPossible => Bounds.AreSizes(Size) && Bounds.AreSizes(Free) && Bounds.AreSizes(SizeBefore) && Bounds.AreSizes(FreeBefore);

    /// <summary>
    /// Version 3: the instance, six pointer-sized counters, six numbers, a counter, how many generations, and of each ten counters: its size, its free lists
    /// and its other gaps before the collection, the same after it, and four more.
    /// </summary>
    /// <returns>False if the event is of an older version or too short.</returns>
    public static bool TryRead(in RecordedEvent data, out HeapHistory history)
    {
        const int FirstVersion = 3, LeadingCounters = 6, Numbers = 6, FurtherCounters = 4;
        history = default;
        if (data.Version < FirstVersion)
            return false;
        var payload = data.Payload;
        payload.ReadBytes(sizeof(ushort) + (LeadingCounters * data.PointerSize) + (Numbers * sizeof(int)) + data.PointerSize);
        var count = Math.Min(payload.ReadInt32(), 5);
        Span<long> sizeBefore = stackalloc long[5], freeBefore = stackalloc long[5], size = stackalloc long[5], free = stackalloc long[5];
        for (var generation = 0; generation < count; generation++)
        {
            sizeBefore[generation] = (long)payload.ReadPointer();
            freeBefore[generation] = (long)(payload.ReadPointer() + payload.ReadPointer());
            size[generation] = (long)payload.ReadPointer();
            free[generation] = (long)(payload.ReadPointer() + payload.ReadPointer());
            payload.ReadBytes(FurtherCounters * data.PointerSize);
        }

        history = new HeapHistory(data.Seconds, GenerationFields.Of(free))
        {
            Size = GenerationFields.Of(size),
            SizeBefore = GenerationFields.Of(sizeBefore),
            FreeBefore = GenerationFields.Of(freeBefore),
        };
        return !payload.Overrun;
    }
}

/// <summary>GCSettingsRundown of the rundown's provider; a limit of 0 means no limit.</summary>
internal readonly record struct CollectorSettings(long HardLimit, long LargeObjectThreshold, bool HardLimitConfigured) : IBounded
{
    public const int Id = 10;

    /// <summary>The configured physical memory, in bytes; 0 if not configured.</summary>
    public long PhysicalMemory { get; init; }

    /// <summary>The configured high memory load, in percent; 0 if not configured.</summary>
    public int HighMemoryLoad { get; init; }

    /// <inheritdoc/>
    public bool IsPossible => Bounds.AreSizes(HardLimit, PhysicalMemory) && LargeObjectThreshold >= 0 && HighMemoryLoad is >= 0 and <= 100;

    /// <summary>The hard limit, the threshold of large objects, the memory and both budgets as configured, the high memory load in percent, flags.</summary>
    public static bool TryRead(in RecordedEvent data, out CollectorSettings settings)
    {
        const int BothBudgets = 2 * sizeof(long), HardLimitFlag = 0x8;
        var payload = data.Payload;
        var (limit, threshold) = (payload.ReadInt64(), payload.ReadInt64());
        var memory = payload.ReadInt64();
        payload.ReadBytes(BothBudgets);
        var (load, flags) = (payload.ReadInt32(), payload.ReadInt32());
        settings = new CollectorSettings(limit, threshold, (flags & HardLimitFlag) != 0) { PhysicalMemory = memory, HighMemoryLoad = load };
        return !payload.Overrun;
    }
}

/// <summary>Bytes of generations 0 to 4, as the runtime counts them: 3 is the large, 4 the pinned object heap.</summary>
file static class GenerationFields
{
    public static GenerationBytes Of(ReadOnlySpan<long> bytes) => new(bytes[0], bytes[1], bytes[2], bytes[3], bytes[4]);
}
