using System.Runtime.InteropServices;

namespace Memtrace.Reading;

/// <summary>Memory in which everything survived a collection, where it was. The layout is that of the event, 64-bit.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct SurvivingRange(ulong Start, ulong Length);

/// <summary>Memory in which everything survived a collection, and where it went. The layout is that of the event, 64-bit.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct MovedRange(ulong From, ulong To, ulong Length);

/// <summary>GCBulkSurvivingObjectRanges. Valid while the event is dispatched.</summary>
internal readonly ref struct SurvivingRanges
{
    /// <summary>Seconds after the session's beginning.</summary>
    public required double Seconds { get; init; }

    /// <summary>The ranges, as far as they came.</summary>
    public required ReadOnlySpan<SurvivingRange> Ranges { get; init; }

    /// <summary>Whether the event holds fewer ranges than it says.</summary>
    public required bool Incomplete { get; init; }
}

/// <summary>GCBulkMovedObjectRanges. Valid while the event is dispatched.</summary>
internal readonly ref struct MovedRanges
{
    /// <summary>Seconds after the session's beginning.</summary>
    public required double Seconds { get; init; }

    /// <summary>The ranges, as far as they came.</summary>
    public required ReadOnlySpan<MovedRange> Ranges { get; init; }

    /// <summary>Whether the event holds fewer ranges than it says.</summary>
    public required bool Incomplete { get; init; }
}

/// <summary>GCGenerationRange: a region or a part of a segment, before and after each collection. Generation 3 is the large, 4 the pinned object heap.</summary>
internal readonly record struct GenerationRange(double Seconds, int ThreadId, int Generation, ulong Start, ulong UsedBytes, ulong ReservedBytes);

/// <summary>MarkWithType: a thread of the collector has marked what one kind of root holds.</summary>
internal readonly record struct MarkedRoots(double Seconds, int ThreadId);
