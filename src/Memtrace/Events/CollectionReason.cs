namespace Memtrace.Events;

/// <summary>Why a collection was started. Values: gc_reason in gc.h of dotnet/runtime; names follow TraceEvent where it has one.</summary>
internal enum CollectionReason
{
    AllocSmall = 0,
    Induced = 1,
    LowMemory = 2,
    Empty = 3,
    AllocLarge = 4,
    OutOfSpaceSOH = 5,
    OutOfSpaceLOH = 6,
    InducedNotForced = 7,
    Stress = 8,
    InducedLowMemory = 9,
    InducedCompacting = 10,
    LowMemoryHost = 11,
    PMFullGC = 12,
    LowMemoryHostBlocking = 13,
    BgcTuningSOH = 14,
    BgcTuningLOH = 15,
    BgcStepping = 16,
    InducedAggressive = 17,
}

/// <summary>Classifies collection reasons.</summary>
internal static class CollectionReasons
{
    /// <summary>Whether the program or a tool requested the collection.</summary>
    public static bool IsInduced(this CollectionReason reason) => reason is CollectionReason.Induced
        or CollectionReason.InducedNotForced or CollectionReason.InducedCompacting or CollectionReason.InducedAggressive;
}
