namespace Memtrace.Exporting;

/// <summary>Something that keeps a profile from being the whole truth.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Text">It in plain words. They may quote the recording: text to be cleaned before it is shown.</param>
public sealed record Caveat(CaveatKind Kind, string Text);

/// <summary>What keeps a profile from being the whole truth, weightiest first.</summary>
public enum CaveatKind
{
    /// <summary>The kernel killed processes of the container for want of memory.</summary>
    OutOfMemory,

    /// <summary>The file ends early.</summary>
    Truncated,

    /// <summary>Events had impossible figures or times and were ignored.</summary>
    ImpossibleEvents,

    /// <summary>Stacks did not fit in memory.</summary>
    DroppedStacks,

    /// <summary>The runtime dropped events.</summary>
    LostEvents,

    /// <summary>Allocations are known by ticks.</summary>
    Ticks,

    /// <summary>What survives was recorded up to some moment only.</summary>
    SurvivalStopped,

    /// <summary>Lost events hide whether objects survived.</summary>
    UnknownSurvival,

    /// <summary>Not all sampled objects were followed.</summary>
    TrackingRate,

    /// <summary>Stack frames have no name.</summary>
    UnresolvedFrames,
}
