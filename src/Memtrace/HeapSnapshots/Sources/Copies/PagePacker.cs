using Memtrace.Footprint.Maps;
using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>
/// Packs pages of a process, with two threads. Most is packed while the process runs; when it is stopped, its memory is read again, and only what has changed is
/// packed once more.
/// </summary>
/// <param name="processId">The process.</param>
/// <param name="memory">Where they are packed to.</param>
internal sealed class PagePacker(int processId, PackedMemory memory)
{
    /// <summary>64 MB are packed in some 20 ms.</summary>
    private const int MostSamples = 256;

    private readonly PageReader _reader = new(processId);

    /// <summary>Estimates by samples what pages take when they are packed.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="pages">The pages, by rising addresses.</param>
    /// <returns>The share of their size.</returns>
    public static double EstimateShare(int processId, IReadOnlyList<AddressRange> pages)
    {
        var pieces = pages.SelectMany(Pieces).ToList();
        var step = (pieces.Count + MostSamples - 1) / MostSamples;
        var samples = pieces.Where((_, index) => index % step == 0).ToList();
        using var memory = new PackedMemory();
        new PagePacker(processId, memory).Pack(samples);
        return memory.PackedBytes / Math.Max(1.0, samples.Sum(range => (double)range.Size));
    }

    /// <summary>Packs them.</summary>
    /// <param name="pages">All pages to pack, by rising addresses.</param>
    public void Pack(IEnumerable<AddressRange> pages)
    {
        var windows = new List<Window>();
        foreach (var piece in pages.SelectMany(Pieces))
        {
            var address = piece.Start / PackedMemory.WindowSize * PackedMemory.WindowSize;
            if (windows.Count == 0 || windows[^1].Address != address)
                windows.Add(new Window(windows.Count, address, []));
            windows[^1].Parts.Add(new CopyPart(piece, (long)(piece.Start - address)));
        }

        memory.Begin([.. windows.Select(window => window.Address)]);
        CopyThread.Share(windows, () => new Worker(_reader, memory.ForThread()).Pack);
    }

    private static IEnumerable<AddressRange> Pieces(AddressRange range)
    {
        for (var start = range.Start; start < range.End;)
        {
            var end = Math.Min(range.End, (start / PackedMemory.WindowSize * PackedMemory.WindowSize) + PackedMemory.WindowSize);
            yield return new AddressRange(start, end);
            start = end;
        }
    }

    /// <summary>What is in a window.</summary>
    /// <param name="Number">Its number.</param>
    /// <param name="Address">Its address.</param>
    /// <param name="Parts">Its pages, and where they are in it.</param>
    private sealed record Window(int Number, ulong Address, List<CopyPart> Parts);

    /// <summary>What one thread does.</summary>
    private sealed unsafe class Worker(PageReader reader, PackedMemory.Filler filler)
    {
        // Small enough to stay in the processor's own memory until it is packed.
        private readonly ulong[] _words = GC.AllocateUninitializedArray<ulong>((int)PackedMemory.WindowSize / sizeof(ulong), pinned: true);

        public void Pack(Window window)
        {
            if (window.Parts is not [{ Range.Size: PackedMemory.WindowSize }])
                Array.Clear(_words);
            fixed (ulong* words = _words)
                reader.Read(window.Parts, (nint)words);
            for (var block = 0; block < PackedMemory.BlocksInWindow; block++)
            {
                var begin = block * (long)PackedBlock.Size;
                var isThere = window.Parts.Exists(part => part.Offset < begin + PackedBlock.Size && part.Offset + (long)part.Range.Size > begin);
                filler.Set(window.Number, block, isThere ? _words.AsSpan(block * PackedBlock.Words, PackedBlock.Words) : default);
            }
        }
    }
}
