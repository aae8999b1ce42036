namespace Memtrace.Profiles;

/// <summary>One full, blocking collection that was asked for, and the GC heap before and after it. Immutable.</summary>
/// <param name="PauseMs">How long the program stood still for it, in ms.</param>
/// <param name="Before">The heap as the collection found it.</param>
/// <param name="After">The heap as it left it.</param>
public sealed record FullCollection(double PauseMs, HeapState Before, HeapState After);

/// <summary>The GC heap at one moment, in bytes. Immutable.</summary>
/// <param name="Size">Size of each generation: objects, dead ones that no collection has found yet among them, and what is free between them.</param>
/// <param name="Free">What in each generation is free: fragmentation.</param>
/// <param name="CommittedBytes">What the GC has committed for objects, in use or not; null where the runtime does not say.</param>
public sealed record HeapState(GenerationBytes Size, GenerationBytes Free, long? CommittedBytes);

/// <summary>A full collection as seen from outside, too. Immutable.</summary>
/// <param name="Collection">The collection.</param>
/// <param name="RssBeforeBytes">The resident set before the collection was asked for; null where unknown.</param>
/// <param name="RssAfterBytes">The resident set after it, when it had come to rest; null where unknown.</param>
public sealed record ObservedCollection(FullCollection Collection, long? RssBeforeBytes, long? RssAfterBytes)
{
    /// <summary>By how much the resident set shrank, 0 or more; null where unknown. In bytes.</summary>
    public long? ReturnedBytes => RssBeforeBytes is { } before && RssAfterBytes is { } after ? Math.Max(0, before - after) : null;
}
