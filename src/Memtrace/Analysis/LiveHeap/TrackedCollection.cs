using Memtrace.Events;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>A collection under way, as far as it matters to the tracked objects.</summary>
internal sealed class TrackedCollection(CollectionStart start)
{
    /// <summary>The runtime's number of it.</summary>
    public int Number => start.Number;

    /// <summary>The oldest generation that it collects; the large and the pinned object heap count as 2.</summary>
    public int Depth => start.Generation;

    /// <summary>Whether it runs beside the program.</summary>
    public bool Background => start.Kind == CollectionKind.Background;

    /// <summary>Which generation was where when it started, or null where the recording does not say.</summary>
    public GenerationMap? Before { get; set; }

    /// <summary>Background: when the program was stopped for the final mark. What is younger was not looked at. Null: not yet.</summary>
    public double? FinalMark { get; set; }

    /// <summary>Whether it ran beside the program in truth: one that was to can end as one that stops it.</summary>
    public bool Concurrent => Background && FinalMark is not null;

    /// <summary>Whether any ranges came.</summary>
    public bool HasRanges { get; set; }

    /// <summary>Whether anything moved.</summary>
    public bool HasMoves { get; set; }

    /// <summary>Whether events were lost while it ran, so that what they would have said is not known.</summary>
    public bool Lossy { get; set; }

    /// <summary>Background: whether its end has come.</summary>
    public bool Ended { get; set; }

    /// <summary>Whether an object in this generation is looked at by it. Where that is unknown, only if all are.</summary>
    public bool Condemns(int generation) => Depth >= 2 || (generation != GenerationMap.Unknown && generation <= Depth);
}
