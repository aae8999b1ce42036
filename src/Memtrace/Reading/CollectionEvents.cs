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
    /// <summary>The same by generation.</summary>
    public GenerationSizes Generations { get; init; }
}

/// <summary>The sizes of the generations, in bytes, with the space between their objects.</summary>
internal readonly record struct GenerationSizes(long Gen0, long Gen1, long Gen2, long Loh, long Poh)
{
    /// <summary>All of them.</summary>
    public long Sum => Gen0 + Gen1 + Gen2 + Loh + Poh;
}

/// <summary>
/// The CommittedUsage of a GCDynamicEvent, in bytes: memory committed for objects, in use or free, on heaps or not.
/// The GC's bookkeeping is apart, for it is committed long before it is resident.
/// </summary>
internal readonly record struct CommittedUsage(double Seconds, long HeapBytes, long BookkeepingBytes);

/// <summary>GCGlobalHeapHistory: what the collector says about itself after each collection.</summary>
internal readonly record struct CollectorHistory(double Seconds, int HeapCount);

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
