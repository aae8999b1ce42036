namespace Memtrace.Exporting;

/// <summary>The kinds of limitations of a profile, the most important first.</summary>
internal enum CaveatKind
{
    /// <summary>The OOM killer killed processes of the container.</summary>
    OutOfMemory,

    /// <summary>The file ends early.</summary>
    Truncated,

    /// <summary>Events had impossible figures or times and were ignored.</summary>
    ImpossibleEvents,

    /// <summary>Stacks did not fit in memory.</summary>
    DroppedStacks,

    /// <summary>The runtime dropped events.</summary>
    LostEvents,

    /// <summary>The program was compiled ahead of time: its events say less.</summary>
    AheadOfTime,

    /// <summary>Allocations were sampled by allocation ticks.</summary>
    Ticks,

    /// <summary>Survival was recorded for a part of the recording only.</summary>
    SurvivalStopped,

    /// <summary>Lost events hide the survival of objects.</summary>
    UnknownSurvival,

    /// <summary>Dead objects count as live because they wait for their finalizers.</summary>
    KeptForFinalizers,

    /// <summary>Not all sampled objects were tracked.</summary>
    TrackingRate,

    /// <summary>Stacks are deeper than the runtime records.</summary>
    CutStacks,

    /// <summary>Rare stacks were folded.</summary>
    FoldedStacks,

    /// <summary>Stack frames have no name.</summary>
    UnresolvedFrames,
}
