using Memtrace.Events;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>A collection in progress, as far as it matters to the tracked objects.</summary>
internal sealed class TrackedCollection(CollectionStart start)
{
    /// <summary>The runtime's number of the collection.</summary>
    public int Number => start.Number;

    /// <summary>The oldest generation it collects; the large and pinned object heaps count as 2.</summary>
    public int Depth => start.Generation;

    /// <summary>Whether it is a background collection.</summary>
    public bool Background => start.Kind == CollectionKind.Background;

    /// <summary>When it started, in seconds after the start of the recording.</summary>
    public double StartSeconds => start.Seconds;

    /// <summary>The generations when it started; null if unknown.</summary>
    public GenerationMap? Before { get; set; }

    /// <summary>Background: when the program was paused for the final mark; younger objects were not examined. Null if not yet.</summary>
    public double? FinalMark { get; set; }

    /// <summary>Whether it actually ran concurrently: a background collection can turn into a blocking one.</summary>
    public bool Concurrent => Background && FinalMark is not null;

    /// <summary>When its survivors were certainly alive. A background collection keeps what dies while it marks, so it proves only what was alive when it started.</summary>
    /// <param name="seconds">When its survivors are known.</param>
    public double ProvesAt(double seconds) => Concurrent ? start.Seconds : seconds;

    /// <summary>Whether it had any ranges.</summary>
    public bool HasRanges { get; set; }

    /// <summary>Whether any object moved.</summary>
    public bool HasMoves { get; set; }

    /// <summary>Whether events were lost while it ran.</summary>
    public bool Lossy { get; set; }

    /// <summary>Background: whether it has ended.</summary>
    public bool Ended { get; set; }

    /// <summary>
    /// Whether a background collection is about to report deaths that precede this collection. Until it does, the heap is inconsistent: some dead objects have been
    /// overwritten, the rest still count.
    /// </summary>
    public bool PrecedesBackground { get; set; }

    /// <summary>Whether it examines objects of this generation. For an unknown generation, only if it examines all.</summary>
    public bool Condemns(int generation) => Depth >= 2 || (generation != GenerationMap.Unknown && generation <= Depth);
}
