using System.Numerics;

namespace Memtrace.HeapSnapshots.Graph;

/// <summary>
/// Numbers of objects by their addresses. Every page of the heap that holds an object, or is referred to, has a bit for each address at which an object
/// can begin; the number of an object is the page's first one plus the bits before its own. So neither objects nor references store an address: 3 B an
/// object instead of 8.
/// </summary>
internal sealed class AddressMap : IDisposable
{
    /// <summary>The place of no address.</summary>
    public const uint NoPlace = uint.MaxValue;

    private const int SlotBits = 9;
    private const int SlotMask = (1 << SlotBits) - 1;
    private const int WordsInPage = 1 << (SlotBits - 6);
    private const int RegionBits = 6;
    private const int MostPages = (1 << (32 - SlotBits)) - 1;

    /// <summary>How many pages before an address the object that contains it can begin.</summary>
    private const ulong FarthestPage = 512;

    private readonly int _shift;
    private readonly Dictionary<ulong, int> _regions = [];
    private readonly NativeBuffer<int> _pagesOfRegions = new();
    private readonly NativeBuffer<ulong> _numbersOfPages = new();
    private readonly NativeBuffer<ulong> _objects = new();
    private readonly NativeBuffer<int> _firsts = new();
    private readonly NativeBuffer<int> _pagesInOrder = new();
    private readonly NativeBuffer<uint> _places = new();
    private NativeBuffer<int>? _numbers;
    private ulong _lastRegion = ulong.MaxValue;
    private int _lastRegionNumber;
    private bool _isOrdered = true;

    /// <summary>An empty map.</summary>
    /// <param name="pointerSize">The alignment of objects: 8, or 4 in a process of 32 bits.</param>
    public AddressMap(int pointerSize) => _shift = BitOperations.Log2((uint)pointerSize);

    /// <summary>Writes a sealed map as it is in memory.</summary>
    /// <param name="writer">Where to.</param>
    public void Write(BinaryWriter writer)
    {
        writer.Write(Alignment);
        writer.Write(Count);
        writer.Write(_isOrdered);
        writer.Write(_regions.Count);
        foreach (var (region, number) in _regions)
        {
            writer.Write(region);
            writer.Write(number);
        }

        _pagesOfRegions.Write(writer);
        _numbersOfPages.Write(writer);
        _objects.Write(writer);
        _firsts.Write(writer);
        _pagesInOrder.Write(writer);
        _places.Write(writer);
        _numbers?.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="EndOfStreamException">It is cut off.</exception>
    public static AddressMap Read(BinaryReader reader)
    {
        var map = new AddressMap(reader.ReadInt32());
        try
        {
            map.ReadContent(reader);
            return map;
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <summary>How many objects there are.</summary>
    public int Count { get; private set; }

    /// <summary>The alignment of objects.</summary>
    public int Alignment => 1 << _shift;

    /// <summary>The place of an address: 32 bits that stand for it until <see cref="NumberAt"/> can say whether an object begins there.</summary>
    /// <param name="address">The address.</param>
    public uint PlaceOf(ulong address)
    {
        if ((address & ((1UL << _shift) - 1)) != 0)
            return NoPlace;
        var unit = address >> _shift;
        var page = PageOf(unit >> SlotBits);
        return (uint)page << SlotBits | (uint)(unit & SlotMask);
    }

    /// <summary>Adds an object, whose number is the count of those before.</summary>
    /// <param name="address">Its address.</param>
    public void Add(ulong address)
    {
        var place = PlaceOf(address);
        if (place == NoPlace)
            throw new InvalidDataException($"No object can begin at the address {address:x}.");
        ref var word = ref _objects[(int)(place >> 6)];
        if ((word & (1UL << (int)(place & 63))) != 0)
            throw new InvalidDataException($"Two objects have the address {address:x}.");

        word |= 1UL << (int)(place & 63);
        Order(place);
        _places.Add(place);
        Count++;
    }

    /// <summary>Ends adding. From now on, <see cref="NumberAt"/> and <see cref="NumberOf"/> know all of them.</summary>
    public void Seal()
    {
        if (_isOrdered)
            _places.Truncate(0);
        else
            NumberByPlace();
    }

    /// <summary>The number of the object that begins at a place, or null if none does.</summary>
    /// <param name="place">The place.</param>
    public int? NumberAt(uint place)
    {
        if (place == NoPlace)
            return null;
        var word = (int)(place >> 6);
        var bit = 1UL << (int)(place & 63);
        if ((_objects[word] & bit) == 0)
            return null;

        var rank = _firsts[(int)(place >> SlotBits)] + BitOperations.PopCount(_objects[word] & (bit - 1));
        for (var before = word & ~(WordsInPage - 1); before < word; before++)
            rank += BitOperations.PopCount(_objects[before]);
        return _numbers is null ? rank : _numbers[rank];
    }

    /// <summary>The number of the object that begins at an address, or null if none does.</summary>
    /// <param name="address">The address.</param>
    public int? NumberOf(ulong address)
    {
        var unit = address >> _shift;
        return unit << _shift == address && FindPage(unit >> SlotBits) is { } page ? NumberAt((uint)page << SlotBits | (uint)(unit & SlotMask)) : null;
    }

    /// <summary>The number of the last object that begins at or shortly before an address, or null if there is none.</summary>
    /// <param name="address">The address.</param>
    public int? NumberAtOrBefore(ulong address)
    {
        var unit = address >> _shift;
        var (page, last) = (unit >> SlotBits, (int)(unit & SlotMask));
        for (var distance = 0UL; distance <= FarthestPage && distance <= page; distance++, last = SlotMask)
        {
            if (FindPage(page - distance) is { } found && LastSlot(found, last) is { } slot)
                return NumberAt((uint)found << SlotBits | (uint)slot);
        }

        return null;
    }

    /// <summary>The address of an object.</summary>
    /// <param name="number">Its number.</param>
    public ulong AddressOf(int number)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)number, (uint)Count, nameof(number));
        return AddressOfPlace(_isOrdered ? PlaceInOrder(number) : _places[number]);
    }

    /// <summary>The addresses of all objects, in the order of their numbers.</summary>
    public IEnumerable<ulong> InOrder()
    {
        for (var page = 0; _isOrdered && page < _pagesInOrder.Count; page++)
        {
            var first = _pagesInOrder[page] * WordsInPage;
            for (var word = first; word < first + WordsInPage; word++)
            {
                for (var bits = _objects[word]; bits != 0; bits &= bits - 1)
                    yield return AddressOfPlace(((uint)word << 6) | (uint)BitOperations.TrailingZeroCount(bits));
            }
        }

        for (var number = 0; !_isOrdered && number < Count; number++)
            yield return AddressOfPlace(_places[number]);
    }

    /// <summary>The place of an object, as long as objects may be added.</summary>
    /// <param name="number">Its number.</param>
    public uint PlaceOfNumber(int number) => _places[number];

    /// <inheritdoc/>
    public void Dispose()
    {
        _pagesOfRegions.Dispose();
        _numbersOfPages.Dispose();
        _objects.Dispose();
        _firsts.Dispose();
        _pagesInOrder.Dispose();
        _places.Dispose();
        _numbers?.Dispose();
    }

    private void ReadContent(BinaryReader reader)
    {
        (Count, _isOrdered) = (reader.ReadInt32(), reader.ReadBoolean());
        for (var regions = reader.ReadInt32(); regions > 0; regions--)
            _regions.Add(reader.ReadUInt64(), reader.ReadInt32());
        _pagesOfRegions.Read(reader);
        _numbersOfPages.Read(reader);
        _objects.Read(reader);
        _firsts.Read(reader);
        _pagesInOrder.Read(reader);
        _places.Read(reader);
        if (!_isOrdered)
            (_numbers = new()).Read(reader);
    }

    private ulong AddressOfPlace(uint place) => ((_numbersOfPages[(int)(place >> SlotBits)] << SlotBits) | (place & SlotMask)) << _shift;

    private int PageOf(ulong pageNumber)
    {
        ref var page = ref _pagesOfRegions[(RegionOf(pageNumber >> RegionBits) << RegionBits) | (int)(pageNumber & ((1 << RegionBits) - 1))];
        if (page == 0)
            page = AddPage(pageNumber) + 1;
        return page - 1;
    }

    private int? FindPage(ulong pageNumber)
    {
        if (!_regions.TryGetValue(pageNumber >> RegionBits, out var region))
            return null;
        var page = _pagesOfRegions[(region << RegionBits) | (int)(pageNumber & ((1 << RegionBits) - 1))];
        return page == 0 ? null : page - 1;
    }

    private int RegionOf(ulong region)
    {
        if (region == _lastRegion)
            return _lastRegionNumber;
        if (!_regions.TryGetValue(region, out var number))
        {
            number = _regions.Count;
            _regions.Add(region, number);
            _pagesOfRegions.AddZeros(1 << RegionBits);
        }

        (_lastRegion, _lastRegionNumber) = (region, number);
        return number;
    }

    private int AddPage(ulong pageNumber)
    {
        if (_firsts.Count == MostPages)
            throw new InvalidDataException("The heap is larger than can be analyzed: its objects occupy more than 8,388,607 pages.");
        _numbersOfPages.Add(pageNumber);
        _objects.AddZeros(WordsInPage);
        _firsts.Add(-1);
        return _firsts.Count - 1;
    }

    // Objects of a page that come one after the other, by rising addresses, have the numbers that their bits give. A heap walk keeps that order.
    private void Order(uint place)
    {
        ref var first = ref _firsts[(int)(place >> SlotBits)];
        if (first < 0)
        {
            first = Count;
            _pagesInOrder.Add((int)(place >> SlotBits));
        }
        else
        {
            var last = _places[Count - 1];
            _isOrdered &= last >> SlotBits == place >> SlotBits && last < place;
        }
    }

    private void NumberByPlace()
    {
        var rank = 0;
        for (var page = 0; page < _firsts.Count; page++)
        {
            _firsts[page] = rank;
            foreach (var word in _objects.Items.Slice(page * WordsInPage, WordsInPage))
                rank += BitOperations.PopCount(word);
        }

        var numbers = new NativeBuffer<int>(Count);
        for (var number = 0; number < Count; number++)
            numbers[NumberAt(_places[number])!.Value] = number;
        _numbers = numbers;
    }

    private uint PlaceInOrder(int number)
    {
        var page = _pagesInOrder[PageInOrder(number)];
        var rank = number - _firsts[page];
        var word = page * WordsInPage;
        for (; BitOperations.PopCount(_objects[word]) is var count && count <= rank; word++)
            rank -= count;
        return ((uint)word << 6) | (uint)Select(_objects[word], rank);
    }

    /// <summary>The last page whose first object has no higher number.</summary>
    private int PageInOrder(int number)
    {
        var (low, high) = (0, _pagesInOrder.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _firsts[_pagesInOrder[middle]] <= number ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    private int? LastSlot(int page, int last)
    {
        for (var slot = last; slot >= 0; slot = (slot & ~63) - 1)
        {
            var bits = _objects[(page * WordsInPage) + (slot >> 6)] & (ulong.MaxValue >> (63 - (slot & 63)));
            if (bits != 0)
                return (slot & ~63) + BitOperations.Log2(bits);
        }

        return null;
    }

    private static int Select(ulong word, int rank)
    {
        for (; rank > 0; rank--)
            word &= word - 1;
        return BitOperations.TrailingZeroCount(word);
    }
}
