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

    /// <summary>See what is on the heap, and what holds it: in the snapshot beside the recording, or in a new one of the running process.</summary>
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

/// <summary>What next steps require.</summary>
internal static class NextSteps
{
    /// <summary>Whether a step has to wait until the process runs again: it attaches to the process, and the recorded one has ended.</summary>
    /// <param name="step">The step.</param>
    /// <param name="recording">The recording.</param>
    public static bool MustWait(this NextStep step, RecordingDescription recording) => recording.ProcessHasEnded && step switch
    {
        NextStep.TakeHeapSnapshot => recording.HeapSnapshot is null,
        NextStep.RecordSurvival or NextStep.RecordSurvivalAndCollect or NextStep.EnlargeBuffer or NextStep.Collect or NextStep.ShowGenerations or NextStep.ListMappings => true,
        _ => false,
    };
}
