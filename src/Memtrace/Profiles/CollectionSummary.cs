using System.Collections.Immutable;

namespace Memtrace.Profiles;

/// <summary>One garbage collection.</summary>
/// <param name="Number">The runtime's number of it.</param>
/// <param name="Generation">The oldest generation it collected: 0, 1 or 2.</param>
/// <param name="Background">Whether it was a background collection, which runs beside the program for the most part.</param>
/// <param name="Reason">Why it was started, in the runtime's terms: <c>AllocSmall</c>, <c>Induced</c>, <c>LowMemory</c>, ...</param>
/// <param name="Induced">Whether it was asked for, by the program or by a tool.</param>
/// <param name="StartSeconds">When it started, in seconds after the recording's beginning.</param>
/// <param name="DurationMs">From its start to its end, in ms.</param>
/// <param name="PauseMs">How long the program stood still for it, in ms: the sum of its stops.</param>
/// <param name="HeapAfterBytes">Size of the GC heap after it, or null where the recording does not say.</param>
/// <param name="PromotedBytes">Bytes that survived it, or null where the recording does not say.</param>
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
    /// Whether managed code asked for it. False: no managed code did, so a tool, such as the recorder at the start or the end. Null where nobody asked, or the
    /// recording does not say who.
    /// </summary>
    public bool? ByProgram { get; init; }
}

/// <summary>Who induced collections.</summary>
/// <param name="Site">The direct caller, be it the user's code or a library's; null without managed code or without a stack.</param>
/// <param name="Count">How often.</param>
public sealed record CollectionRequest(Frame? Site, int Count)
{
    /// <summary>The first frame of user code that the direct caller was called from; null if that is the user's itself, or there is none.</summary>
    public Frame? UserCode { get; init; }
}

/// <summary>All garbage collections that ended in the window.</summary>
/// <param name="Items">Each of them, in order of their start.</param>
/// <param name="PauseTotalMs">How long the program stood still for garbage collection, in ms.</param>
/// <param name="PauseMaxMs">The longest single stop, in ms.</param>
/// <param name="PausePercent">The total's share of the window, 0 to 100.</param>
public sealed record CollectionSummary(
    ImmutableArray<GarbageCollection> Items,
    double PauseTotalMs,
    double PauseMaxMs,
    double PausePercent)
{
    /// <summary>How many collections before <see cref="Items"/> had the oldest generation 0, 1 and 2: of a live stream the items are the last ones only.</summary>
    public ImmutableArray<int> Earlier { get; init; } = [0, 0, 0];

    /// <summary>How many collections had this oldest generation.</summary>
    /// <param name="generation">0, 1 or 2.</param>
    public int Count(int generation) => Earlier[generation] + Items.Count(item => item.Generation == generation);

    /// <summary>How many collections there were, with those before <see cref="Items"/>.</summary>
    public int Total => Earlier.Sum() + Items.Length;

    /// <summary>Who asked for collections, most often first; empty where the recording does not say.</summary>
    public ImmutableArray<CollectionRequest> Requests { get; init; } = [];

    /// <summary>How many were asked for, by the program or by a tool.</summary>
    public int Induced => Items.Count(item => item.Induced);
}
