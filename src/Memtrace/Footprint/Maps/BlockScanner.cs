namespace Memtrace.Footprint.Maps;

/// <summary>
/// Finds blocks by the contents of their first page, also in the middle of mappings: the kernel merges mappings with their neighbors.
/// </summary>
/// <param name="memory">The memory of the process.</param>
/// <param name="formats">The kinds of blocks to find.</param>
/// <param name="pageBudget">How many resident pages to read at most, so that a snapshot stays cheap.</param>
internal sealed class BlockScanner(ITargetMemory memory, IReadOnlyList<IBlockFormat> formats, int pageBudget = 1 << 17)
{
    private static readonly ulong PageSize = (ulong)Environment.SystemPageSize;

    private readonly byte[] _page = new byte[4096];
    private readonly bool[] _resident = new bool[512];
    private AddressRange _known;
    private int _budget = pageBudget;

    /// <summary>Whether some memory was not searched because the page budget was used up.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>All blocks in adjacent mappings, in address order.</summary>
    public IEnumerable<Block> FindAll(IReadOnlyList<Mapping> run)
    {
        var cursor = new Cursor(run);
        while (NextResident(cursor) is { } page)
        {
            if (BlockAt(cursor, page) is { } block)
            {
                yield return block;
                cursor.Boundary = block.Range.End;
                cursor.MoveTo(block.Range.End);
            }
            else
            {
                cursor.MoveTo(page + PageSize);
            }
        }
    }

    /// <summary>The blocks at the start of adjacent mappings, up to the first other memory.</summary>
    public IEnumerable<Block> FindLeading(IReadOnlyList<Mapping> run)
    {
        var cursor = new Cursor(run);
        while (NextResident(cursor) is { } page && BlockAt(cursor, page) is { } block)
        {
            yield return block;
            cursor.Boundary = block.Range.End;
            cursor.MoveTo(block.Range.End);
        }
    }

    private Block? BlockAt(Cursor cursor, ulong page)
    {
        cursor.MoveTo(page);
        if (!memory.TryRead(page, _page))
            return null;
        var start = new BlockStart(page, cursor.Mapping.Range, cursor.End, _page);
        foreach (var format in formats)
        {
            var size = format.SizeAt(start);
            if (size > 0 && (cursor.IsAtBoundary(page) || size >= format.SmallestInside))
                return new Block(new AddressRange(page, page + size), format.Classification);
        }

        return null;
    }

    /// <summary>The next resident page. Reading any other page would make it resident.</summary>
    private ulong? NextResident(Cursor cursor)
    {
        for (var address = cursor.Address; address < cursor.End;)
        {
            if (!_known.Contains(address) && !ReadResidency(address, cursor.End))
                return null;
            var first = _resident.AsSpan((int)((address - _known.Start) / PageSize), (int)((_known.End - address) / PageSize)).IndexOf(true);
            if (first >= 0)
                return Spend() ? address + ((ulong)first * PageSize) : null;
            address = _known.End;
        }

        return null;
    }

    private bool ReadResidency(ulong address, ulong end)
    {
        var pages = _resident.AsSpan(0, (int)Math.Min((ulong)_resident.Length, (end - address) / PageSize));
        if (!memory.TryReadResidency(address, pages))
            return false;
        _known = new AddressRange(address, address + ((ulong)pages.Length * PageSize));
        return true;
    }

    private bool Spend()
    {
        IsIncomplete |= _budget <= 0;
        return _budget-- > 0;
    }

    /// <summary>A position in adjacent mappings.</summary>
    private sealed class Cursor(IReadOnlyList<Mapping> run)
    {
        private int _index;

        public ulong Address { get; private set; } = run[0].Start;

        public ulong End { get; } = run[^1].End;

        /// <summary>Where the last block ended.</summary>
        public ulong Boundary { get; set; } = run[0].Start;

        public Mapping Mapping => run[_index];

        public bool IsAtBoundary(ulong page) => page == Boundary || page == Mapping.Start;

        public void MoveTo(ulong address)
        {
            Address = address;
            while (_index < run.Count - 1 && Mapping.End <= address)
                _index++;
        }
    }
}
