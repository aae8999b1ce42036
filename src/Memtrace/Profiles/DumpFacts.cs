using System.Collections.Immutable;

namespace Memtrace.Profiles;

/// <summary>What a core dump contains beside the objects: exceptions, stacks of threads, contents of objects. Immutable.</summary>
public sealed record DumpFacts
{
    /// <summary>Exceptions that were thrown and not caught yet; if one ended the process, it is among them.</summary>
    public ImmutableArray<DumpedException> Exceptions { get; init; } = [];

    /// <summary>How many threads of the program there are.</summary>
    public int ThreadCount { get; init; }

    /// <summary>Threads by what they do, the most threads first; rare ones are left out.</summary>
    public ImmutableArray<ThreadGroup> Threads { get; init; } = [];

    /// <summary>Duplicate strings, most wasteful first; small ones are left out.</summary>
    public ImmutableArray<RepeatedString> Strings { get; init; } = [];

    /// <summary>Whether all strings were counted; otherwise there were too many different ones, or the contents of large ones were not copied.</summary>
    public bool HasAllStrings { get; init; } = true;

    /// <summary>What all repeated strings waste, in bytes, including those left out.</summary>
    public long WastedBytes { get; init; }

    /// <summary>Arrays whose memory is wasted; null if they were not counted.</summary>
    public DumpedArrays? Arrays { get; init; }

    /// <summary>Collections that use little of their memory; null if they were not counted.</summary>
    public DumpedCollections? Collections { get; init; }

    /// <summary>Calls of async methods that have not ended; null if they were not counted.</summary>
    public DumpedCalls? Calls { get; init; }

    /// <summary>Timers; null if they were not counted.</summary>
    public DumpedTimers? Timers { get; init; }

    /// <summary>What each AssemblyLoadContext loaded; null if it was not counted.</summary>
    public DumpedLoadContexts? LoadContexts { get; init; }

    /// <summary>The gaps in the regions of the heap; null if they were not measured.</summary>
    public DumpedRegions? Regions { get; init; }

    /// <summary>How many heaps Server GC had, which may be fewer than before; GC handles are listed only for so many. Null with workstation GC.</summary>
    public int? ServerHeaps { get; init; }

    /// <summary>The generations: objects, dead or alive, and the gaps between them.</summary>
    public HeapState? Heap { get; init; }
}

/// <summary>An exception in a dump.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Message">Its message; null if it has none, or where contents are left out.</param>
/// <param name="ThreadId">The thread, by the number of the operating system; 0 if it is not known.</param>
/// <param name="Stack">Where it was thrown: methods, the innermost first.</param>
/// <param name="Inner">The exception inside it, or null.</param>
public sealed record DumpedException(string Type, string? Message, int ThreadId, ImmutableArray<string> Stack, DumpedException? Inner);

/// <summary>Threads with the same stack.</summary>
/// <param name="Count">How many.</param>
/// <param name="Frames">Methods, the innermost first; empty if the threads run no .NET code.</param>
public sealed record ThreadGroup(int Count, ImmutableArray<string> Frames);

/// <summary>Strings with the same characters.</summary>
/// <param name="Value">The characters, of up to 80; null if contents are left out.</param>
/// <param name="Length">How many characters there are.</param>
/// <param name="Count">How many such strings.</param>
/// <param name="Bytes">Their size together, in bytes.</param>
public sealed record RepeatedString(string? Value, int Length, long Count, long Bytes)
{
    /// <summary>What keeping only one of them would save, in bytes.</summary>
    public long WastedBytes => Bytes - (Bytes / Math.Max(1, Count));
}

/// <summary>Arrays whose memory is wasted. Immutable.</summary>
public sealed record DumpedArrays
{
    /// <summary>Arrays with the same content, most wasteful first; small ones are left out. Arrays of references are not compared.</summary>
    public ImmutableArray<RepeatedArray> Repeated { get; init; } = [];

    /// <summary>How many contents are repeated, including those left out.</summary>
    public int RepeatedCount { get; init; }

    /// <summary>What all repeated arrays waste, in bytes, including those left out.</summary>
    public long WastedBytes { get; init; }

    /// <summary>Whether all arrays were examined; otherwise there were too many different ones, or the contents of large ones were not copied.</summary>
    public bool HasAll { get; init; } = true;

    /// <summary>Arrays without elements or with hardly anything but zeros, by type, most zeros first; small ones are left out.</summary>
    public ImmutableArray<ArrayUse> Sparse { get; init; } = [];

    /// <summary>How many types have such arrays, including those left out.</summary>
    public int SparseTypeCount { get; init; }

    /// <summary>The zeros in arrays that contain hardly anything else, in bytes, including those left out.</summary>
    public long ZeroBytes { get; init; }
}

/// <summary>Arrays with the same content.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Value">The beginning of an array of characters or bytes, bytes that are no text in hexadecimal; null for others, and where contents are left out.</param>
/// <param name="Length">How many elements the content has.</param>
/// <param name="Count">How many such arrays.</param>
/// <param name="Bytes">Their size together, in bytes.</param>
public sealed record RepeatedArray(string Type, string? Value, int Length, long Count, long Bytes)
{
    /// <summary>What keeping only one of them would save, in bytes.</summary>
    public long WastedBytes => Bytes - (Bytes / Math.Max(1, Count));
}

/// <summary>How the arrays of one type are used.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Count">How many arrays.</param>
/// <param name="Bytes">Their size, in bytes.</param>
/// <param name="Empty">How many of them have no elements.</param>
/// <param name="Sparse">How many consist of zeros by 90 % or more, in words of 8 bytes.</param>
/// <param name="ZeroBytes">The zeros in those, in bytes.</param>
public sealed record ArrayUse(string Type, long Count, long Bytes, long Empty, long Sparse, long ZeroBytes);

/// <summary>How much of their capacity collections use. Immutable.</summary>
public sealed record DumpedCollections
{
    /// <summary>Lists, dictionaries and the like by type, most wasteful first; small ones are left out.</summary>
    public ImmutableArray<CollectionUse> Types { get; init; } = [];

    /// <summary>How many types there are, including those left out.</summary>
    public int TypeCount { get; init; }

    /// <summary>What all waste, in bytes, including those left out.</summary>
    public long WastedBytes { get; init; }
}

/// <summary>How much of their capacity the collections of one type use.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Count">How many collections.</param>
/// <param name="Empty">How many of them have no element.</param>
/// <param name="Elements">How many elements all have.</param>
/// <param name="Capacity">For how many elements they have memory.</param>
/// <param name="WastedBytes">The size of the slots without an element, and of the collections without any, in bytes.</param>
public sealed record CollectionUse(string Type, long Count, long Empty, long Elements, long Capacity, long WastedBytes);

/// <summary>Calls of async methods that have begun and not ended. Immutable.</summary>
public sealed record DumpedCalls
{
    /// <summary>Methods by where they wait, the most calls first; rare ones are left out.</summary>
    public ImmutableArray<PendingMethod> Methods { get; init; } = [];

    /// <summary>How many methods and places there are, including those left out.</summary>
    public int MethodCount { get; init; }

    /// <summary>How many calls there are.</summary>
    public long Count { get; init; }
}

/// <summary>Calls of an async method that have not ended.</summary>
/// <param name="Method">The method.</param>
/// <param name="State">
/// The state that the compiler numbered: from 0 on, the await that they wait at, mostly in the order of the source; -1 where they run or have not begun; null if it
/// is not known.
/// </param>
/// <param name="Count">How many.</param>
/// <param name="Bytes">The size of their state, in bytes.</param>
public sealed record PendingMethod(string Method, int? State, long Count, long Bytes);

/// <summary>Timers that were not disposed of. Immutable.</summary>
public sealed record DumpedTimers
{
    /// <summary>Timers by what they call and when, the most first; rare ones are left out.</summary>
    public ImmutableArray<TimerGroup> Groups { get; init; } = [];

    /// <summary>How many groups there are, including those left out.</summary>
    public int GroupCount { get; init; }

    /// <summary>How many timers there are.</summary>
    public long Count { get; init; }
}

/// <summary>Timers that call the same at the same intervals.</summary>
/// <param name="Callback">The method that they call.</param>
/// <param name="StateType">Readable full type name of what they pass to it; null for nothing.</param>
/// <param name="DueMs">The time from when they were set until they are due, in milliseconds; null if they are not set.</param>
/// <param name="PeriodMs">The time between calls, in milliseconds; null if they call once.</param>
/// <param name="Count">How many.</param>
public sealed record TimerGroup(string Callback, string? StateType, long? DueMs, long? PeriodMs, long Count);

/// <summary>The load contexts of a program. Immutable.</summary>
public sealed record DumpedLoadContexts
{
    /// <summary>The contexts, those that are unloading first, then what has most bytes; small ones are left out.</summary>
    public ImmutableArray<LoadContext> Contexts { get; init; } = [];

    /// <summary>How many there are.</summary>
    public int Count { get; init; }

    /// <summary>How many of them the program has unloaded, but something still holds.</summary>
    public int UnloadingCount { get; init; }
}

/// <summary>An AssemblyLoadContext, and the objects of the types that it loaded.</summary>
/// <param name="Name">Its name; null if it has none, and of the program's own context before anybody asked for it.</param>
/// <param name="Type">Readable full type name of the context; null if it has no object.</param>
/// <param name="IsCollectible">Whether it can be unloaded; null if it is not known.</param>
/// <param name="IsUnloading">Whether its Unload was called; null if it is not known.</param>
/// <param name="Objects">How many objects of its types.</param>
/// <param name="Bytes">Their size, in bytes.</param>
/// <param name="LargestType">The type with most bytes; null if there are no objects.</param>
public sealed record LoadContext(string? Name, string? Type, bool? IsCollectible, bool? IsUnloading, long Objects, long Bytes, string? LargestType);

/// <summary>The gaps in the regions, or segments, of a heap. Immutable.</summary>
public sealed record DumpedRegions
{
    /// <summary>Regions with gaps, those with the most first; small ones are left out.</summary>
    public ImmutableArray<HeapRegion> Fragmented { get; init; } = [];

    /// <summary>How many regions have gaps.</summary>
    public int FragmentedCount { get; init; }

    /// <summary>How many regions there are.</summary>
    public int Count { get; init; }

    /// <summary>All gaps, in bytes.</summary>
    public long FreeBytes { get; init; }

    /// <summary>The largest gap, in bytes.</summary>
    public long LargestFreeBytes { get; init; }
}

/// <summary>A region, or segment, of a heap.</summary>
/// <param name="Generation">The generation that it is of.</param>
/// <param name="Bytes">Its objects and gaps, in bytes.</param>
/// <param name="FreeBytes">Its gaps, in bytes.</param>
/// <param name="LargestFreeBytes">The largest of them, in bytes.</param>
/// <param name="PinnedObjects">How many of its objects are pinned, by handles or by stacks.</param>
/// <param name="PinnedType">The most frequent type of those; null if there are none.</param>
public sealed record HeapRegion(string Generation, long Bytes, long FreeBytes, long LargestFreeBytes, int PinnedObjects, string? PinnedType);
