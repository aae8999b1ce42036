using System.Runtime.InteropServices;
using Memtrace.Footprint.Maps;
using Microsoft.Win32.SafeHandles;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>Finds the pages of a process that hold something: those in memory or swapped out, without those that are known to be zero. Not thread-safe.</summary>
/// <param name="processId">The process.</param>
internal sealed unsafe class PresentPages(int processId) : IDisposable
{
    // Linux, Documentation/admin-guide/mm/pagemap.rst: one word per page, whose highest two bits mean present and swapped out.
    private const ulong PresentOrSwapped = 3UL << 62;

    private const int MostRegions = 1 << 12;

    private readonly SafeFileHandle _pages = File.OpenHandle($"/proc/{processId}/pagemap", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    private readonly NativeMethods.PageRegion[] _regions = new NativeMethods.PageRegion[MostRegions];
    private readonly ulong[] _words = new ulong[MostRegions];
    private bool _canScan = true;

    /// <summary>Those of a mapping, by rising addresses.</summary>
    /// <param name="range">Its addresses.</param>
    /// <exception cref="IOException">They cannot be found, because the process is gone.</exception>
    public IReadOnlyList<AddressRange> Of(AddressRange range)
    {
        var pages = new List<AddressRange>();
        _canScan = _canScan && TryScan(range, pages);
        if (!_canScan)
            Read(range, pages);
        return pages;
    }

    /// <inheritdoc/>
    public void Dispose() => _pages.Dispose();

    /// <returns>False if this kernel cannot.</returns>
    private bool TryScan(AddressRange range, List<AddressRange> to)
    {
        fixed (NativeMethods.PageRegion* regions = _regions)
        {
            for (var start = range.Start; start < range.End;)
            {
                var arguments = new NativeMethods.PageScanArguments
                {
                    Size = (ulong)sizeof(NativeMethods.PageScanArguments),
                    Start = start,
                    End = range.End,
                    Regions = (ulong)regions,
                    RegionCount = MostRegions,
                    Inverted = NativeMethods.PageScanArguments.IsZero,
                    AllOf = NativeMethods.PageScanArguments.IsZero,
                    AnyOf = NativeMethods.PageScanArguments.IsPresent | NativeMethods.PageScanArguments.IsSwapped,
                    Returned = NativeMethods.PageScanArguments.IsPresent | NativeMethods.PageScanArguments.IsSwapped,
                };
                var count = NativeMethods.ScanPages(_pages, NativeMethods.PageScanArguments.Request, ref arguments);
                if (count < 0)
                    return start != range.Start || IsGone() ? throw new IOException("The process is gone.") : false;
                foreach (var region in _regions.AsSpan(0, count))
                    Append(new AddressRange(region.Start, region.End), to);
                start = Math.Max(arguments.WalkEnd, start + 1);
            }
        }

        return true;
    }

    private bool IsGone() => !Directory.Exists($"/proc/{processId}");

    private void Read(AddressRange range, List<AddressRange> to)
    {
        var size = (ulong)Environment.SystemPageSize;
        for (var start = range.Start; start < range.End;)
        {
            var count = (int)Math.Min(MostRegions, (range.End - start) / size);
            var words = _words.AsSpan(0, count);
            if (RandomAccess.Read(_pages, MemoryMarshal.AsBytes(words), (long)(start / size * sizeof(ulong))) != count * sizeof(ulong))
                throw new IOException("The process is gone.");
            for (var i = 0; i < count; i++)
            {
                if ((words[i] & PresentOrSwapped) != 0)
                    Append(new AddressRange(start + ((ulong)i * size), start + ((ulong)(i + 1) * size)), to);
            }

            start += (ulong)count * size;
        }
    }

    private static void Append(AddressRange range, List<AddressRange> to)
    {
        if (to.Count > 0 && to[^1].End == range.Start)
            to[^1] = to[^1] with { End = range.End };
        else
            to.Add(range);
    }
}
