using System.Collections.Immutable;

namespace Memtrace.Profiles;

/// <summary>
/// The live heap: sampled objects, tracked through the collections and weighted. It only has objects allocated during the recording.
/// The method: docs/live-heap.md. Immutable.
/// </summary>
/// <param name="End">At the end of the window.</param>
/// <param name="Peak">When the tracked live heap was largest.</param>
/// <param name="PeakRss">When the resident set was largest; null if the recording has no readings of it.</param>
/// <param name="UntrackedBytes">
/// The part of the GC heap at the end that is not tracked, 0 or more: allocated before the recording, or not sampled; null if the heap's size
/// is unknown. In bytes.
/// </param>
/// <param name="UnknownSurvival">Tracked objects whose survival is unknown because of lost events. Live bytes do not include them.</param>
/// <param name="TrackingRate">The share of the samples that were tracked, above 0 to 1. Below 1 there were more than the budget; those tracked were scaled up.</param>
/// <param name="Growth">Call sites whose survivors grow, the fastest growth first.</param>
/// <param name="Lifetimes">Object lifetimes by type and call site, most bytes first.</param>
public sealed record LiveHeapProfile(
    LiveSnapshot End,
    LiveSnapshot Peak,
    LiveSnapshot? PeakRss,
    long? UntrackedBytes,
    long UnknownSurvival,
    double TrackingRate,
    ImmutableArray<GrowthSite> Growth,
    ImmutableArray<LifetimeSite> Lifetimes)
{
    /// <summary>The tracked objects after the requested collections, in time order.</summary>
    internal ImmutableArray<LiveObjects> Objects { get; init; } = [];
}

/// <summary>
/// The tracked objects that a collection found alive, with the addresses that it left them at. A heap snapshot that was taken with this collection has them.
/// </summary>
/// <param name="Collection">The runtime's number of the collection.</param>
/// <param name="AtSeconds">When it ended, in seconds after the start of the recording.</param>
/// <param name="Items">The objects.</param>
internal sealed record LiveObjects(int Collection, double AtSeconds, ImmutableArray<LiveObject> Items);

/// <summary>A tracked object.</summary>
/// <param name="Address">Its address in the process.</param>
/// <param name="SizeBytes">Its size, in bytes; 0 if the runtime did not report it.</param>
/// <param name="Type">Readable full type name.</param>
/// <param name="Stack">The stack that allocated it, or null if the event carried none.</param>
/// <param name="Represents">The objects that the sample stands for, this one among them.</param>
/// <param name="BornSeconds">When it was allocated, in seconds after the start of the recording.</param>
internal readonly record struct LiveObject(ulong Address, long SizeBytes, string Type, CallStack? Stack, Estimate Represents, double BornSeconds);

/// <summary>The tracked live heap at one moment. Types and sites are ordered by bytes, largest first.</summary>
/// <param name="AtSeconds">The moment, in seconds after the start of the recording.</param>
/// <param name="Live">Objects that survived a collection and are not known to be dead.</param>
/// <param name="Uncollected">Objects not yet collected, live or dead. Not part of <paramref name="Live"/>.</param>
/// <param name="Types">The live heap by type.</param>
/// <param name="Sites">The live heap by type and call site.</param>
/// <param name="Stacks">The live heap by type and complete stack.</param>
public sealed record LiveSnapshot(
    double AtSeconds,
    Estimate Live,
    Estimate Uncollected,
    ImmutableArray<LiveType> Types,
    ImmutableArray<LiveSite> Sites,
    ImmutableArray<LiveStack> Stacks)
{
    /// <summary>
    /// Objects that may have been dead at the moment: a collection found them dead later, and none proved them alive in between. Not part of
    /// <see cref="Live"/>. Null at the end, and of a live stream, where no later collection tells.
    /// </summary>
    public Estimate? Unproved { get; init; }

    /// <summary>Bytes that were alive at most: <see cref="Live"/> with <see cref="Unproved"/>; null if that is unknown.</summary>
    public double? AtMostBytes => Unproved is { } unproved ? Live.Bytes + unproved.Bytes : null;
}

/// <summary>The survival of the objects of a type or a site so far.</summary>
/// <param name="Live">The live objects.</param>
/// <param name="Uncollected">Objects not yet collected.</param>
/// <param name="AliveShare">Live bytes as a share of all that was allocated there by then, 0 to 1; null if unknown.</param>
/// <param name="SurvivedCollections">Collections that the median object has survived; null if unknown.</param>
/// <param name="MedianAgeSeconds">Age of the median object, in seconds; null if unknown.</param>
public sealed record Survival(Estimate Live, Estimate Uncollected, double? AliveShare, double? SurvivedCollections, double? MedianAgeSeconds)
{
    /// <summary>Objects that may have been dead: as <see cref="LiveSnapshot.Unproved"/>.</summary>
    public Estimate Unproved { get; init; }
}

/// <summary>Live objects of one type.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Survival">Their amount and survival.</param>
public sealed record LiveType(string Type, Survival Survival);

/// <summary>Live objects of one type from one call site; the site as in <see cref="SiteAllocations"/>.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Site">The frame that is the site, or null if the events carried no stack.</param>
/// <param name="Allocator">The leaf frame, or null if the events carried no stack.</param>
/// <param name="Stack">The heaviest complete stack of the site, or null if the events carried no stack.</param>
/// <param name="Survival">Their amount and survival.</param>
public sealed record LiveSite(string Type, Frame? Site, Frame? Allocator, CallStack? Stack, Survival Survival);

/// <summary>Live objects of one type from one complete call stack.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Stack">The stack, or null if the events carried none.</param>
/// <param name="Live">The live objects.</param>
public sealed record LiveStack(string Type, CallStack? Stack, Estimate Live);

/// <summary>Live bytes at a time.</summary>
/// <param name="Seconds">Seconds after the start of the recording.</param>
/// <param name="Bytes">The live bytes.</param>
public readonly record struct GrowthPoint(double Seconds, double Bytes);

/// <summary>A type and call site whose survivors grow.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Site">The frame that is the site, or null if the events carried no stack.</param>
/// <param name="BytesPerSecond">The growth of the live bytes, by least squares over the window.</param>
/// <param name="ErrorBytesPerSecond">Half width of its 95% interval.</param>
/// <param name="StartBytes">Live bytes at the first collection of the window.</param>
/// <param name="EndBytes">Live bytes at the last one.</param>
/// <param name="Points">Bytes not proved dead over time, some dozens of points, in time order.</param>
public sealed record GrowthSite(
    string Type,
    Frame? Site,
    double BytesPerSecond,
    double ErrorBytesPerSecond,
    double StartBytes,
    double EndBytes,
    ImmutableArray<GrowthPoint> Points)
{
    /// <summary>
    /// The part of <see cref="Points"/> that was proved alive at the time or later. It ends with the last full collection, because what happened since is not
    /// proved; empty without one.
    /// </summary>
    public ImmutableArray<GrowthPoint> Proved { get; init; } = [];

    /// <summary>What holds the objects that are alive at the end; null without a heap snapshot that has them.</summary>
    public SiteHolder? HeldBy { get; init; }
}

/// <summary>What holds the live objects of a call site.</summary>
/// <param name="Path">The best path from a root to most of them: the steps above the objects.</param>
/// <param name="Share">The share of their bytes that this path leads to, 0 to 1.</param>
public sealed record SiteHolder(ImmutableArray<HeapStep> Path, double Share);

/// <summary>The lifetimes of the objects of one type and call site.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Site">The frame that is the site, or null if the events carried no stack.</param>
/// <param name="Allocated">All allocations there.</param>
/// <param name="DiedGen0">Bytes that died before they survived a collection.</param>
/// <param name="DiedGen1">Bytes that died in generation 1.</param>
/// <param name="DiedGen2">Bytes that died in generation 2, or on the large or pinned object heap: the most expensive place to die.</param>
/// <param name="Alive">Bytes alive at the end, or not yet collected.</param>
/// <param name="BytesPerSecond">Allocated bytes divided by the window's length.</param>
public sealed record LifetimeSite(
    string Type,
    Frame? Site,
    Estimate Allocated,
    double DiedGen0,
    double DiedGen1,
    double DiedGen2,
    double Alive,
    double BytesPerSecond)
{
    /// <summary>The smallest object that is allocated on the large object heap, in bytes: the runtime's <c>GCLOHThreshold</c>.</summary>
    private const double LargeObject = 85_000;

    /// <summary>A smaller share of deaths in generation 2 is normal.</summary>
    private const double CrisisShare = 0.2;

    /// <summary>Fewer samples may have died late by chance.</summary>
    private const int FewestSamples = 10;

    /// <summary>Whether much of what died there did so in generation 2, or on the large or pinned object heap.</summary>
    public bool DiesOld =>
        Allocated.Samples >= FewestSamples && DiedGen2 > 0 && DiedGen2 >= CrisisShare * (DiedGen0 + DiedGen1 + DiedGen2);

    /// <summary>Whether the objects are large, on average.</summary>
    public bool IsLarge => Allocated.Bytes >= LargeObject * Allocated.Objects;

    /// <summary>
    /// Whether many objects survived generations 0 and 1 and then died in generation 2, where collecting them is most expensive. Large objects, which start
    /// there, do not count.
    /// </summary>
    public bool IsMidLifeCrisis => DiesOld && !IsLarge;
}
