namespace Memtrace.Profiles;

/// <summary>Where a snapshot of the heap comes from.</summary>
public enum HeapSnapshotSource
{
    /// <summary>The runtime walked its heap and sent events.</summary>
    Events,

    /// <summary>A core dump.</summary>
    Dump,

    /// <summary>A copy of the process's memory.</summary>
    Copy,

    /// <summary>A .gcdump file of another tool.</summary>
    Gcdump,
}

/// <summary>What is known of a snapshot of the heap beside the objects: the process and the moment. Null if it is not known. Immutable.</summary>
/// <param name="Process">The process.</param>
/// <param name="Source">Where the snapshot comes from.</param>
/// <param name="TakenAt">When it was taken, UTC.</param>
public sealed record HeapSnapshotFacts(ProcessDescription Process, HeapSnapshotSource Source, DateTimeOffset? TakenAt)
{
    /// <summary>The collection that the runtime did before it walked the heap. Its pause includes the walk.</summary>
    public FullCollection? Collection { get; init; }

    /// <summary>The runtime's number of that collection. A recording that has it knows the addresses of the objects that it sampled.</summary>
    public int? CollectionNumber { get; init; }

    /// <summary>The process's resident set before the snapshot, in bytes.</summary>
    public long? RssBytes { get; init; }

    /// <summary>The memory of the container that the process runs in, in bytes.</summary>
    public long? ContainerUsageBytes { get; init; }

    /// <summary>The limit of that container, in bytes; null also where there is none.</summary>
    public long? ContainerLimitBytes { get; init; }

    /// <summary>Whether the source can say what holds the objects. A histogram cannot.</summary>
    public bool HasReferences { get; init; } = true;

    /// <summary>What arrays and strings take beyond their content, because objects begin at multiples of 8 bytes; null if the source does not report sizes to the byte.</summary>
    public long? PaddingBytes { get; init; }

    /// <summary>What only a core dump or a copy contains; null for other sources.</summary>
    public DumpFacts? Dump { get; init; }

    /// <summary>
    /// Whether objects that are dead, but not collected yet, are among the objects. Events follow a collection, so they have none; null of a .gcdump file, which
    /// does not say where it comes from.
    /// </summary>
    public bool? IncludesGarbage => Source switch
    {
        HeapSnapshotSource.Events => false,
        HeapSnapshotSource.Gcdump => null,
        _ => true,
    };

    /// <summary>How long the process was paused, in seconds.</summary>
    public double? StopSeconds
    {
        get => field ?? Collection?.PauseMs / 1000;
        init;
    }

    /// <summary>The objects on the heap before the collection, or in the copy, including garbage, in bytes.</summary>
    public long? BytesBefore => (Collection?.Before ?? Copied) is { } heap ? heap.Size.Total - heap.Free.Total : null;

    /// <summary>What the collector had committed, after the collection or in the copy, in bytes.</summary>
    public long? CommittedBytes => (Collection?.After ?? Copied)?.CommittedBytes;

    /// <summary>The sizes of generations, after the collection or in the copy.</summary>
    public GenerationBytes? Generations => (Collection?.After ?? Copied)?.Size;

    private HeapState? Copied => Source == HeapSnapshotSource.Copy ? Dump?.Heap : null;
}
