using System.Collections.Immutable;

namespace Memtrace.Profiles;

/// <summary>What is on a heap at one moment, and what holds it. Immutable, safe to share between threads.</summary>
/// <param name="File">The snapshot's file, or null if there is none.</param>
/// <param name="Facts">The process and the moment.</param>
/// <param name="Objects">How many objects there are.</param>
/// <param name="Bytes">Their size, in bytes.</param>
public sealed record HeapProfile(string? File, HeapSnapshotFacts Facts, long Objects, long Bytes)
{
    /// <summary>Objects that no root leads to, such as those whose finalizers have run; their size is among <see cref="Bytes"/>.</summary>
    public long UnheldObjects { get; init; }

    /// <summary>The size of those, in bytes.</summary>
    public long UnheldBytes { get; init; }

    /// <summary>Where memory accumulates, the most first.</summary>
    public ImmutableArray<HeapSuspect> Suspects { get; init; } = [];

    /// <summary>Objects by type, most bytes first.</summary>
    public ImmutableArray<HeapTypeSummary> Types { get; init; } = [];

    /// <summary>What holds objects from outside of the heap, largest retained size first.</summary>
    public ImmutableArray<HeapRootSummary> Roots { get; init; } = [];

    /// <summary>What holds what, from the roots down, merged by type, largest retained size first. Small and very deep branches are left out.</summary>
    public ImmutableArray<HeapRetainer> Retainers { get; init; } = [];

    /// <summary>How large the objects are.</summary>
    public HeapSizes Sizes { get; init; } = HeapSizes.None;

    /// <summary>The recording that says where objects were allocated; null without one.</summary>
    public JoinedRecording? Recording { get; init; }

    /// <summary>Whether it is known what holds the objects.</summary>
    public bool HasReferences => Facts.HasReferences;
}

/// <summary>The objects of one type.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Module">Path or name of the module that declares it, or null if it is not known.</param>
/// <param name="Objects">How many there are.</param>
/// <param name="Bytes">Their size, in bytes.</param>
/// <param name="RetainedBytes">What would be freed without them, each byte counted once; null if it is not known what holds the objects.</param>
/// <param name="LargestBytes">The size of the largest one, in bytes.</param>
public sealed record HeapTypeSummary(string Type, string? Module, long Objects, long Bytes, long? RetainedBytes, long LargestBytes)
{
    /// <summary>How many of them are garbage: dead, but not collected yet. 0 if the snapshot includes none (<see cref="HeapSnapshotFacts.IncludesGarbage"/>).</summary>
    public long GarbageObjects { get; init; }

    /// <summary>The size of those, in bytes.</summary>
    public long GarbageBytes { get; init; }

    /// <summary>How many are alive. Comparisons count these.</summary>
    public long LiveObjects => Objects - GarbageObjects;

    /// <summary>The size of those, in bytes.</summary>
    public long LiveBytes => Bytes - GarbageBytes;

    /// <summary>Where objects of the type were allocated, most bytes first; null without a recording.</summary>
    public ImmutableArray<HeldSite>? AllocatedAt { get; init; }
}

/// <summary>A root.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name"><c>Namespace.Class.Field</c> of a static, a method's name of a stack; null if the runtime gives none.</param>
/// <param name="Type">The type of what it holds, or null if that has several types.</param>
/// <param name="Objects">Objects that it alone keeps alive.</param>
/// <param name="RetainedBytes">Their size, in bytes.</param>
public sealed record HeapRootSummary(HeapRootKind Kind, string? Name, string? Type, long Objects, long RetainedBytes)
{
    /// <summary>Its name: <c>static Shop.Cache.Entries</c>, <c>finalizer queue</c>.</summary>
    public required string Title { get; init; }
}

/// <summary>A step on the way from a root to objects.</summary>
/// <param name="Name">Readable full type name, or the name of a root: <c>static Shop.Cache.Entries</c>.</param>
/// <param name="Root">The kind of a root; null for a type.</param>
/// <param name="Objects">How many objects of the type there are at this step; 0 for a root.</param>
/// <param name="Bytes">Their size with that of the parts of a collection, in bytes.</param>
public sealed record HeapStep(string Name, HeapRootKind? Root, long Objects, long Bytes)
{
    /// <summary>What the root is called within its kind: <c>Shop.Cache.Entries</c>. <see cref="Name"/> ends with it. Null of a type, and of a root without a name.</summary>
    public string? RootName { get; init; }

    /// <summary>How the previous step holds it; null for a root, and outside of paths of references.</summary>
    public HeapLink? Link { get; init; }

    /// <summary>How many inner parts of a collection belong to the step. Their size is among <see cref="Bytes"/>.</summary>
    public long Parts { get; init; }

    /// <summary>Whether the type is one of .NET or of Microsoft's libraries.</summary>
    public bool IsFramework { get; init; }

    /// <summary>Whether it is a delegate with a list of handlers: an event that is subscribed to. The handlers are parts of it.</summary>
    public bool IsEvent { get; init; }

    /// <summary>The field of the step before that refers to it: <c>Customer</c>; <c>Left/Right</c> if several do, <c>Left or Right</c> if it can be either. Null if it is not known, and in collections.</summary>
    public string? Field { get; init; }

    /// <summary>Whether it stands for several roots, none of which holds the objects alone.</summary>
    public bool IsShared { get; init; }

    /// <summary>Whether it is a root, or several.</summary>
    public bool IsRoot => Root is not null || IsShared;

    /// <summary>A holder with its field that refers to what it holds: <c>Order.Customer</c>, <c>Node.(Left or Right)</c>.</summary>
    /// <param name="holder">The name of the holder.</param>
    /// <param name="field">The <see cref="Field"/> of the step after it; null if it is not known.</param>
    public static string WithField(string holder, string? field) => field switch
    {
        null => holder,
        _ when field.Contains(' ', StringComparison.Ordinal) => $"{holder}.({field})",
        _ => $"{holder}.{field}",
    };
}

/// <summary>A branch of the retainer tree: steps that each hold only the next one, then what the last one holds.</summary>
/// <param name="Path">The steps, the holder before what it holds. Inner parts of a collection belong to the step of the collection.</param>
/// <param name="Objects">How many objects the steps have.</param>
/// <param name="Bytes">Their size, in bytes.</param>
/// <param name="RetainedBytes">What would be freed without the first step, in bytes.</param>
/// <param name="Children">What the last step holds, largest retained size first. Small ones are left out.</param>
public sealed record HeapRetainer(ImmutableArray<HeapStep> Path, long Objects, long Bytes, long RetainedBytes, ImmutableArray<HeapRetainer> Children)
{
    /// <summary>Where the objects that it holds, and those of its steps, were allocated, most bytes first; null without a recording.</summary>
    public ImmutableArray<HeldSite>? AllocatedAt { get; init; }

    /// <summary>How fast what it holds grows in the recording; null if not beyond its error, or without a recording.</summary>
    public double? GrowthBytesPerSecond { get; init; }
}

/// <summary>A place where memory accumulates.</summary>
/// <param name="Title">One sentence: what, how much, and what holds it.</param>
/// <param name="Advice">What it means and what to do about it.</param>
/// <param name="Type">What accumulates: readable full type name.</param>
/// <param name="Objects">How many objects of it.</param>
/// <param name="RetainedBytes">What would be freed without them, in bytes.</param>
/// <param name="Share">That as a share of the heap, 0 to 1.</param>
/// <param name="Path">What holds them, from the root on.</param>
public sealed record HeapSuspect(string Title, string Advice, string Type, long Objects, long RetainedBytes, double Share, ImmutableArray<HeapStep> Path)
{
    /// <summary>Where the objects that it retains were allocated, most bytes first; null without a recording.</summary>
    public ImmutableArray<HeldSite>? AllocatedAt { get; init; }

    /// <summary>How fast what it retains grows in the recording; null if not beyond its error, or without a recording.</summary>
    public double? GrowthBytesPerSecond { get; init; }
}

/// <summary>A recording of the process, whose tracked objects were looked up in the snapshot by their addresses.</summary>
/// <param name="File">The recording, as the user named it.</param>
/// <param name="Sampling">How it sampled allocations.</param>
/// <param name="Tracked">Objects that it tracked and knows to be alive at the moment of the snapshot.</param>
/// <param name="Found">How many of them the snapshot has, of the same type and size.</param>
/// <param name="Reused">How many addresses have another object in the snapshot: the tracked one was dead, and its memory was reused. They count as not found.</param>
public sealed record JoinedRecording(string File, AllocationSampling Sampling, long Tracked, long Found, long Reused)
{
    /// <summary>
    /// The share of what the tracked objects stand for that those found stand for, 0 to 1. Objects that the recording is not certain of stand for little
    /// (docs/live-heap.md), so it is higher than that of their numbers.
    /// </summary>
    public double FoundShare { get; init; } = 1;
}

/// <summary>A type and the call site that allocated objects of it, which something on the heap holds.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Site">The frame that is the site, or null if the events carried no stack.</param>
/// <param name="Held">How much of what was allocated there during the recording is held.</param>
/// <param name="Growth">How fast the live objects of the site grow in the recording; null if not beyond its error.</param>
public sealed record HeldSite(string Type, Frame? Site, Estimate Held, GrowthSite? Growth);

/// <summary>A way from a root to objects of a type: the best one for each of the objects.</summary>
/// <param name="Path">The steps from the root to the objects.</param>
/// <param name="Type">Readable full name of the objects' type.</param>
/// <param name="Objects">How many objects it leads to.</param>
/// <param name="Bytes">Their size, in bytes.</param>
/// <param name="HeldAlone">How many of them only this root keeps alive.</param>
public sealed record HeapPath(ImmutableArray<HeapStep> Path, string Type, long Objects, long Bytes, long HeldAlone)
{
    /// <summary>How many weak handles refer to the objects as well. They keep nothing alive.</summary>
    public long WeakHandles { get; init; }
}

/// <summary>How a step of a path holds the next one.</summary>
public enum HeapLink
{
    /// <summary>By a field, an element of an array, a static field, or a variable on a stack.</summary>
    Strong,

    /// <summary>By a handle.</summary>
    Handle,

    /// <summary>By waiting for its finalizer: otherwise it would be dead.</summary>
    Finalizer,

    /// <summary>By a dependent handle, of which it is the key, as in <see cref="System.Runtime.CompilerServices.ConditionalWeakTable{TKey, TValue}"/>.</summary>
    Dependent,
}

/// <summary>How large objects are.</summary>
/// <param name="Ranges">Objects by size, small ones first.</param>
/// <param name="Alike">Groups of several objects of one type and size, most bytes first.</param>
/// <param name="EmptyArrays">How many arrays have no elements.</param>
/// <param name="EmptyArrayBytes">Their size, in bytes.</param>
/// <param name="UnusedSlots">Arrays of references with many empty slots, by type, most bytes first.</param>
public sealed record HeapSizes(
    ImmutableArray<HeapSizeRange> Ranges, ImmutableArray<AlikeObjects> Alike, long EmptyArrays, long EmptyArrayBytes, ImmutableArray<UnusedSlots> UnusedSlots)
{
    /// <summary>No objects.</summary>
    public static HeapSizes None { get; } = new([], [], 0, 0, []);

    /// <summary>Arrays by length, short ones first: those whose elements' size is known.</summary>
    public ImmutableArray<ArrayLengths> Arrays { get; init; } = [];
}

/// <summary>Arrays of about one length.</summary>
/// <param name="FromLength">The least number of elements.</param>
/// <param name="ToLength">The first number of elements above them.</param>
/// <param name="Arrays">How many arrays there are.</param>
/// <param name="Bytes">Their size, in bytes.</param>
public sealed record ArrayLengths(long FromLength, long ToLength, long Arrays, long Bytes);

/// <summary>Objects of about one size.</summary>
/// <param name="FromBytes">The least size, in bytes.</param>
/// <param name="ToBytes">The first size above them, in bytes.</param>
/// <param name="Objects">How many there are.</param>
/// <param name="Bytes">Their size, in bytes.</param>
public sealed record HeapSizeRange(long FromBytes, long ToBytes, long Objects, long Bytes);

/// <summary>Objects of one type and size: if they are equal, one of them would do.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="SizeBytes">The size of each, in bytes.</param>
/// <param name="Length">How many elements each has; null if it is no array, or its elements' size is not known.</param>
/// <param name="Objects">How many there are.</param>
/// <param name="Bytes">Their size, in bytes.</param>
public sealed record AlikeObjects(string Type, long SizeBytes, long? Length, long Objects, long Bytes);

/// <summary>Slots of arrays that refer to nothing: mostly capacity that a collection does not use.</summary>
/// <param name="Type">Readable full name of the arrays' type.</param>
/// <param name="Arrays">How many arrays there are.</param>
/// <param name="Slots">How many slots they have.</param>
/// <param name="Unused">How many of those refer to nothing.</param>
/// <param name="UnusedBytes">The size of those, in bytes.</param>
public sealed record UnusedSlots(string Type, long Arrays, long Slots, long Unused, long UnusedBytes);
