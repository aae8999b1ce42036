namespace Memtrace.Profiles;

/// <summary>A step that answers the question a finding leaves open. How to take it is up to the tool or page that shows the finding.</summary>
public enum NextStep
{
    /// <summary>Record which objects survive collections.</summary>
    RecordSurvival,

    /// <summary>Record which objects survive collections, with a full collection at the end.</summary>
    RecordSurvivalAndCollect,

    /// <summary>Record again after a change and compare.</summary>
    Compare,

    /// <summary>Induce a full collection and see what it releases.</summary>
    Collect,

    /// <summary>Take a snapshot of the heap of the running process: all objects by type, and what holds them.</summary>
    TakeHeapSnapshot,

    /// <summary>See the generations of the GC heap of the running process.</summary>
    ShowGenerations,

    /// <summary>List the memory mappings of the running process.</summary>
    ListMappings,

    /// <summary>List where the resident memory is.</summary>
    ListBreakdown,

    /// <summary>List the live objects by type and call site.</summary>
    ListLiveObjects,

    /// <summary>List the call sites whose live objects grow.</summary>
    ListGrowth,

    /// <summary>List the generations in which objects die, by call site.</summary>
    ListLifetimes,

    /// <summary>Record again with a larger event buffer.</summary>
    EnlargeBuffer,
}
