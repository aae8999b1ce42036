using Memtrace.Profiles;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Adds up the sizes of generations, and of the gaps in them. Frozen objects belong to none.</summary>
internal sealed class GenerationCensus
{
    private readonly long[] _sizes = new long[Parts];
    private readonly long[] _free = new long[Parts];
    private long _committed;

    private const int Large = 3;
    private const int Pinned = 4;
    private const int Parts = 5;

    /// <summary>The result.</summary>
    public HeapState Result => new(Amounts(_sizes), Amounts(_free), _committed);

    /// <summary>Counts a segment, or a region.</summary>
    /// <param name="segment">The segment.</param>
    public void Add(ClrSegment segment)
    {
        if (segment.Kind != GCSegmentKind.Frozen)
            _committed += (long)segment.CommittedMemory.Length;
    }

    /// <summary>Counts an object.</summary>
    /// <param name="segment">The segment that it is in.</param>
    /// <param name="address">Its address.</param>
    /// <param name="size">Its size, in bytes.</param>
    public void AddObject(ClrSegment segment, ulong address, long size)
    {
        if (PartOf(segment, address) is { } part)
            _sizes[part] += size;
    }

    /// <summary>Counts a gap between objects.</summary>
    /// <param name="segment">The segment that it is in.</param>
    /// <param name="address">Its address.</param>
    /// <param name="size">Its size, in bytes.</param>
    public void AddGap(ClrSegment segment, ulong address, long size)
    {
        if (PartOf(segment, address) is not { } part)
            return;
        _sizes[part] += size;
        _free[part] += size;
    }

    private static int? PartOf(ClrSegment segment, ulong address) => segment.Kind switch
    {
        GCSegmentKind.Large => Large,
        GCSegmentKind.Pinned => Pinned,
        GCSegmentKind.Frozen => null,
        _ => segment.GetGeneration(address) switch
        {
            Generation.Generation0 => 0,
            Generation.Generation1 => 1,
            _ => 2,
        },
    };

    private static GenerationBytes Amounts(long[] parts) => new(parts[0], parts[1], parts[2], parts[Large], parts[Pinned]);
}
