namespace Memtrace.Profiles;

/// <summary>One requested full, blocking collection, and the GC heap before and after it. Immutable.</summary>
/// <param name="PauseMs">How long the program was paused for it, in ms.</param>
/// <param name="Before">The heap at the start of the collection.</param>
/// <param name="After">The heap at its end.</param>
public sealed record FullCollection(double PauseMs, HeapState Before, HeapState After)
{
    /// <summary>
    /// Dead objects that the collection kept, with all that they refer to, because their finalizers have yet to run; null if it is unknown.
    /// </summary>
    public long? FinalizableObjects { get; init; }

    /// <summary>Bytes of these objects and of everything that only they hold; null if it is unknown.</summary>
    public long? FinalizableBytes { get; init; }

    /// <summary>Bytes held by objects that earlier collections found dead, and whose finalizers had not run yet; null if it is unknown.</summary>
    public long? QueuedBytes { get; init; }

    /// <summary>By how much the bytes of objects decreased, 0 or more.</summary>
    public long FreedBytes => Math.Max(0, Before.ObjectBytes - After.ObjectBytes);

    /// <summary>Whether the collection kept dead objects whose finalizers had yet to run.</summary>
    public bool KeptForFinalizers => FinalizableObjects > 0 || QueuedBytes > 0;
}

/// <summary>The GC heap at one moment, in bytes. Immutable.</summary>
/// <param name="Size">Size of each generation: objects, including dead ones not yet collected, and the gaps between them.</param>
/// <param name="Free">Free space in each generation: fragmentation.</param>
/// <param name="CommittedBytes">Memory that the GC has committed for objects, used or not; null if it is unknown.</param>
public sealed record HeapState(GenerationBytes Size, GenerationBytes Free, long? CommittedBytes)
{
    /// <summary>Bytes of objects: the generations without the gaps.</summary>
    public long ObjectBytes => Size.Total - Free.Total;
}

/// <summary>A full collection, and the resident set around it. Immutable.</summary>
/// <param name="Collection">The collection.</param>
/// <param name="RssBeforeBytes">The resident set before the collection was requested; null if it is unknown.</param>
/// <param name="RssAfterBytes">The resident set after it, once it was stable; null if it is unknown.</param>
public sealed record ObservedCollection(FullCollection Collection, long? RssBeforeBytes, long? RssAfterBytes)
{
    /// <summary>By how much the resident set shrank, 0 or more; null if unknown. In bytes.</summary>
    public long? ReturnedBytes => RssBeforeBytes is { } before && RssAfterBytes is { } after ? Math.Max(0, before - after) : null;
}

/// <summary>A second full collection, after the finalizers of what the first one found dead have run. Immutable.</summary>
/// <param name="Observed">The collection. Its resident set before is that after the first one.</param>
/// <param name="WaitedSeconds">How long it was put off for the finalizers, in seconds.</param>
/// <param name="FinalizersEnded">Whether they had all run by then.</param>
public sealed record SecondCollection(ObservedCollection Observed, double WaitedSeconds, bool FinalizersEnded);
