namespace Memtrace.Profiles;

/// <summary>An amount for each part of the GC heap, in bytes.</summary>
/// <param name="Gen0">Generation 0.</param>
/// <param name="Gen1">Generation 1.</param>
/// <param name="Gen2">Generation 2.</param>
/// <param name="Loh">The large object heap.</param>
/// <param name="Poh">The pinned object heap.</param>
public readonly record struct GenerationBytes(long Gen0, long Gen1, long Gen2, long Loh, long Poh)
{
    /// <summary>All of it.</summary>
    public long Total => Gen0 + Gen1 + Gen2 + Loh + Poh;

    /// <summary>The sum of two amounts.</summary>
    public static GenerationBytes operator +(GenerationBytes left, GenerationBytes right) => Add(left, right);

    /// <summary>The sum of two amounts.</summary>
    public static GenerationBytes Add(GenerationBytes left, GenerationBytes right) => new(
        left.Gen0 + right.Gen0, left.Gen1 + right.Gen1, left.Gen2 + right.Gen2, left.Loh + right.Loh, left.Poh + right.Poh);
}

/// <summary>The GC heap at the end of a collection. A member is null if it is unknown. Immutable.</summary>
/// <param name="Seconds">The collection's end, in seconds after the start of the recording.</param>
/// <param name="Generation">The oldest generation that it collected: 0, 1 or 2.</param>
/// <param name="Size">Size of each generation, free space included.</param>
/// <param name="Free">Free space in each generation: gaps between objects, in free lists or too small for them.</param>
/// <param name="CommittedBytes">Memory that the GC has committed for objects, used or not.</param>
/// <param name="PinnedObjects">Pinned objects that it found.</param>
/// <param name="Handles">GC handles of all kinds.</param>
/// <param name="FinalizationSurvivors">Objects that it found dead and kept alive for their finalizers.</param>
/// <param name="FinalizationPending">Those of all collections of the recording so far that the finalizer thread has not reported as finalized.</param>
public sealed record HeapPoint(
    double Seconds,
    int Generation,
    GenerationBytes Size,
    GenerationBytes? Free,
    long? CommittedBytes,
    long PinnedObjects,
    long Handles,
    long FinalizationSurvivors,
    long FinalizationPending)
{
    /// <summary>Bytes that dead objects kept alive until their finalizers have run, found dead by this or an earlier collection; null if it is unknown.</summary>
    public long? FinalizationBytes { get; init; }

    /// <summary>Bytes of its objects: the generations without gaps, as far as those are known.</summary>
    public long ObjectBytes => Size.Total - (Free?.Total ?? 0);
}
