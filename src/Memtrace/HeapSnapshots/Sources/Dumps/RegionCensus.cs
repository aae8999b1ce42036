using System.Collections.Immutable;
using Memtrace.Profiles;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Measures the gaps in each region of the heap, and finds out which pinned objects keep the collector from closing them.</summary>
/// <param name="heap">The heap.</param>
/// <param name="nameOf">The readable name of a type.</param>
internal sealed class RegionCensus(ClrHeap heap, Func<ClrType?, string> nameOf)
{
    private const int MostRegions = 100;

    private readonly Dictionary<ulong, Region> _regions = [];

    /// <summary>The result.</summary>
    public DumpedRegions Result()
    {
        var fragmented = _regions.Values.Where(region => region.FreeBytes > 0).ToList();
        return new DumpedRegions
        {
            Fragmented = [.. fragmented.OrderByDescending(region => region.FreeBytes).ThenBy(region => region.Address).Take(MostRegions).Select(region => region.Describe())],
            FragmentedCount = fragmented.Count,
            Count = _regions.Count,
            FreeBytes = fragmented.Sum(region => region.FreeBytes),
            LargestFreeBytes = fragmented.Count > 0 ? fragmented.Max(region => region.LargestFreeBytes) : 0,
        };
    }

    /// <summary>Where the objects and gaps of a segment, or region, are counted.</summary>
    /// <param name="segment">The segment.</param>
    public Region Of(ClrSegment segment)
    {
        if (!_regions.TryGetValue(segment.Start, out var region))
            _regions.Add(segment.Start, region = new Region(segment.Start, NameOf(segment.Kind)));
        return region;
    }

    /// <summary>Counts a pinned object. It is counted once, however many pin it.</summary>
    /// <param name="address">Its address.</param>
    public void AddPinned(ulong address)
    {
        if (heap.GetSegmentByAddress(address) is { } segment && _regions.TryGetValue(segment.Start, out var region))
            region.AddPinned(address, nameOf(heap.GetObjectType(address)));
    }

    private static string NameOf(GCSegmentKind kind) => kind switch
    {
        GCSegmentKind.Generation0 => "Gen 0",
        GCSegmentKind.Generation1 => "Gen 1",
        GCSegmentKind.Generation2 => "Gen 2",
        GCSegmentKind.Large => "LOH",
        GCSegmentKind.Pinned => "POH",
        GCSegmentKind.Frozen => "frozen",
        _ => "Gen 0-2",
    };

    /// <summary>A region.</summary>
    /// <param name="address">Where it begins.</param>
    /// <param name="generation">The generation.</param>
    public sealed class Region(ulong address, string generation)
    {
        private readonly Dictionary<string, int> _pinned = [];
        private readonly HashSet<ulong> _addresses = [];
        private long _bytes;

        /// <summary>Where it begins.</summary>
        public ulong Address => address;

        /// <summary>The gaps in it, in bytes.</summary>
        public long FreeBytes { get; private set; }

        /// <summary>The largest of them, in bytes.</summary>
        public long LargestFreeBytes { get; private set; }

        /// <summary>Counts an object.</summary>
        /// <param name="size">Its size, in bytes.</param>
        public void AddObject(long size) => _bytes += size;

        /// <summary>Counts a gap between objects.</summary>
        /// <param name="size">Its size, in bytes.</param>
        public void AddGap(long size)
        {
            _bytes += size;
            FreeBytes += size;
            LargestFreeBytes = Math.Max(LargestFreeBytes, size);
        }

        /// <summary>Counts a pinned object.</summary>
        /// <param name="item">Its address.</param>
        /// <param name="type">Its type.</param>
        public void AddPinned(ulong item, string type)
        {
            if (_addresses.Add(item))
                _pinned[type] = _pinned.GetValueOrDefault(type) + 1;
        }

        /// <summary>Describes it.</summary>
        public HeapRegion Describe() => new(
            generation,
            _bytes,
            FreeBytes,
            LargestFreeBytes,
            _addresses.Count,
            _pinned.OrderByDescending(item => item.Value).ThenBy(item => item.Key, StringComparer.Ordinal).Select(item => item.Key).FirstOrDefault());
    }
}
