using Memtrace.Footprint.Maps;
using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>Which pages of a process are copied as they are, and which are packed: of each address, one or the other.</summary>
internal sealed class CopyParts
{
    private readonly List<IReadOnlyList<AddressRange>> _plain = [];
    private readonly List<AddressRange> _packed = [];

    /// <summary>The pages of each mapping, or of a part of it, that are copied as they are.</summary>
    public IReadOnlyList<IReadOnlyList<AddressRange>> Plain => _plain;

    /// <summary>The pages that are packed, by rising addresses.</summary>
    public IReadOnlyList<AddressRange> Packed => _packed;

    /// <summary>
    /// Adds the pages of a mapping of a file. What lies between them has not been read yet: it is not zeros, but what is in the file. Were it zeros here, the runtime's
    /// library would take them for the unwind information of a method, and walk over a stack without an end.
    /// </summary>
    /// <param name="pages">The pages, by rising addresses.</param>
    public void AddOfFile(IReadOnlyList<AddressRange> pages) => _plain.AddRange(pages.Select(range => (IReadOnlyList<AddressRange>)[range]));

    /// <summary>Adds the pages of a mapping of memory. What lies between them was never written to.</summary>
    /// <param name="pages">The pages, by rising addresses.</param>
    /// <param name="packed">Where they are to be packed; nowhere if it is empty. What is not a whole block there is copied as it is.</param>
    public void Add(IReadOnlyList<AddressRange> pages, AddressRange packed)
    {
        var first = (packed.Start + PackedBlock.Size - 1) / PackedBlock.Size * PackedBlock.Size;
        var blocks = new AddressRange(first, Math.Max(first, packed.End / PackedBlock.Size * PackedBlock.Size));
        if (blocks.IsEmpty)
        {
            _plain.Add(pages);
            return;
        }

        _plain.Add(Within(pages, new AddressRange(0, blocks.Start)));
        _packed.AddRange(Within(pages, blocks));
        _plain.Add(Within(pages, new AddressRange(blocks.End, ulong.MaxValue)));
    }

    private static IReadOnlyList<AddressRange> Within(IReadOnlyList<AddressRange> pages, AddressRange limits) =>
        [.. pages.Select(range => new AddressRange(Math.Max(range.Start, limits.Start), Math.Min(range.End, limits.End))).Where(range => !range.IsEmpty)];
}
