using System.Collections.Immutable;

namespace Memtrace.Profiles;

/// <summary>One garbage collection.</summary>
/// <param name="Number">Its number in the runtime.</param>
/// <param name="Generation">The oldest generation it collected: 0, 1 or 2.</param>
/// <param name="Background">Whether it was a background collection, which mostly runs concurrently with the program.</param>
/// <param name="Reason">Why it was started, in the runtime's terms: <c>AllocSmall</c>, <c>Induced</c>, <c>LowMemory</c>, ...</param>
/// <param name="Induced">Whether the program or a tool requested it.</param>
/// <param name="StartSeconds">When it started, in seconds after the start of the recording.</param>
/// <param name="DurationMs">From its start to its end, in ms.</param>
/// <param name="PauseMs">How long the program was paused for it, in ms: the sum of its pauses.</param>
/// <param name="HeapAfterBytes">Size of the GC heap after it, or null if it is unknown.</param>
/// <param name="PromotedBytes">Bytes that survived it, or null if it is unknown.</param>
public sealed record GarbageCollection(
    int Number,
    int Generation,
    bool Background,
    string Reason,
    bool Induced,
    double StartSeconds,
    double DurationMs,
    double PauseMs,
    long? HeapAfterBytes,
    long? PromotedBytes)
{
    /// <summary>
    /// Whether managed code requested it. False: no managed code did, so a tool, such as the recorder at the start or the end. Null if it was not requested,
    /// or where it is unknown who did.
    /// </summary>
    public bool? ByProgram { get; init; }
}

/// <summary>A call site that requested collections.</summary>
/// <param name="Site">The direct caller, be it the user's code or a library's; null without managed code or without a stack.</param>
/// <param name="Count">How often.</param>
public sealed record CollectionRequest(Frame? Site, int Count)
{
    /// <summary>The first frame of user code that the direct caller was called from; null if that is the user's itself, or there is none.</summary>
    public Frame? UserCode { get; init; }
}

/// <summary>All garbage collections that ended in the window.</summary>
/// <param name="Items">Each of them, in order of their start.</param>
/// <param name="PauseTotalMs">Total pause of the program for garbage collection, in ms.</param>
/// <param name="PauseMaxMs">The longest single pause, in ms.</param>
/// <param name="PausePercent">The total's share of the window, 0 to 100.</param>
public sealed record CollectionSummary(
    ImmutableArray<GarbageCollection> Items,
    double PauseTotalMs,
    double PauseMaxMs,
    double PausePercent)
{
    /// <summary>How many collections before <see cref="Items"/> had the oldest generation 0, 1 and 2: of a live stream only the last ones are items.</summary>
    public ImmutableArray<int> Earlier { get; init; } = [0, 0, 0];

    /// <summary>How many collections had this oldest generation.</summary>
    /// <param name="generation">0, 1 or 2.</param>
    public int Count(int generation) => Earlier[generation] + Items.Count(item => item.Generation == generation);

    /// <summary>How many collections there were, including those before <see cref="Items"/>.</summary>
    public int Total => Earlier.Sum() + Items.Length;

    /// <summary>Who requested collections, the most frequent first; empty if it is unknown.</summary>
    public ImmutableArray<CollectionRequest> Requests { get; init; } = [];

    /// <summary>How many were requested by the program or a tool.</summary>
    public int Induced => Items.Count(item => item.Induced);
}
