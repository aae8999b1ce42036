using Memtrace.Profiles;

namespace Memtrace.Reading;

/// <summary>How a collection runs beside the program. The values are the runtime's.</summary>
internal enum CollectionKind
{
    /// <summary>Stops the program; no background collection is under way.</summary>
    Blocking = 0,

    /// <summary>Runs beside the program, with two short stops.</summary>
    Background = 1,

    /// <summary>Stops the program in the middle of a background collection.</summary>
    Foreground = 2,
}

/// <summary>GCStart.</summary>
internal readonly record struct CollectionStart(double Seconds, int Number, int Generation, int Reason, CollectionKind Kind, int ThreadId = 0);

/// <summary>GCEnd.</summary>
internal readonly record struct CollectionEnd(double Seconds, int Number, int Generation);

/// <summary>GCHeapStats: the heap after a collection, in bytes. Size includes the large and the pinned object heap.</summary>
internal readonly record struct HeapStatistics(double Seconds, long SizeBytes, long PromotedBytes)
{
    /// <summary>The size by generation.</summary>
    public GenerationBytes Generations { get; init; }
    public long FinalizationSurvivors { get; init; }
    public long PinnedObjects { get; init; }
    public long Handles { get; init; }
}

/// <summary>
/// The CommittedUsage of a GCDynamicEvent, in bytes: memory committed for objects, in use or free, on heaps or not.
/// The GC's bookkeeping is apart, for it is committed long before it is resident.
/// </summary>
internal readonly record struct CommittedUsage(double Seconds, long HeapBytes, long BookkeepingBytes);

/// <summary>GCGlobalHeapHistory: what the collector says about itself after each collection.</summary>
internal readonly record struct CollectorHistory(double Seconds, int HeapCount)
{
    /// <summary>The memory load that the collection met, in percent; -1 where it does not say (before version 2).</summary>
    public int MemoryLoad { get; init; } = -1;
}

/// <summary>GCPerHeapHistory: what one of the collector's heaps has free in each generation after a collection, in bytes.</summary>
internal readonly record struct HeapHistory(double Seconds, GenerationBytes Free)
{
    /// <summary>The size of each generation after the collection, with what in it is free.</summary>
    public GenerationBytes Size { get; init; }

    /// <summary>The same when the collection began.</summary>
    public GenerationBytes SizeBefore { get; init; }

    /// <summary>What was free in each generation when the collection began. What it was about to find dead is not.</summary>
    public GenerationBytes FreeBefore { get; init; }
}

/// <summary>GCFinalizersEnd: the finalizer thread has nothing left to do, after so many objects.</summary>
internal readonly record struct FinalizersEnd(double Seconds, long Count);

/// <summary>GCTriggered: a collection is about to be started. Valid while the event is dispatched.</summary>
internal readonly ref struct CollectionTrigger
{
    public required double Seconds { get; init; }

    public required int Reason { get; init; }

    /// <summary>Return addresses, leaf first.</summary>
    public required ReadOnlySpan<ulong> Stack { get; init; }
}

/// <summary>GCSettingsRundown; a limit of 0 is none.</summary>
internal readonly record struct CollectorSettings(long HardLimit, long LargeObjectThreshold, bool HardLimitConfigured)
{
    /// <summary>All the memory there is as configured, in bytes; 0: not configured.</summary>
    public long PhysicalMemory { get; init; }

    /// <summary>The high memory load as configured, in percent; 0: not configured.</summary>
    public int HighMemoryLoad { get; init; }
}

/// <summary>Why the runtime stops the program. The values are the runtime's (GCSuspendEEBegin).</summary>
internal enum SuspensionReason
{
    Other = 0,
    Collection = 1,
    AppDomainShutdown = 2,
    CodePitching = 3,
    Shutdown = 4,
    Debugger = 5,
    CollectionPreparation = 6,
    DebuggerSweep = 7,
}

/// <summary>GCSuspendEEBegin: the runtime begins to stop the program.</summary>
internal readonly record struct SuspensionBegin(double Seconds, SuspensionReason Reason);
