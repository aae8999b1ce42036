using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Where the objects of a type have their references, and how large they are: what the runtime's own collector reads beside a method table.</summary>
internal sealed class ObjectLayout
{
    private const int Word = sizeof(ulong);

    /// <summary>The flag of types whose objects have a length: arrays and strings. Below it, of such types, is the size of an element.</summary>
    private const ulong HasElements = 0x8000_0000;

    private const ulong ElementSizeMask = 0xFFFF;

    /// <summary>More runs of references than any type has; a larger number is damage.</summary>
    private const long MostSeries = 1 << 20;

    private readonly Series[] _series = [];
    private readonly Repeated[] _repeated = [];
    private readonly long _repeatedFrom;
    private readonly long _baseSize;
    private readonly long _elementSize;

    /// <summary>Reads it.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="type">The type.</param>
    /// <param name="known">What is done with its objects; null if they are gaps, or dead.</param>
    public ObjectLayout(CoreMemory memory, ClrType type, DumpedType? known)
    {
        (Type, IsFree) = (known ?? default, known is null);
        var (flags, table) = (memory.Word(type.MethodTable), type.MethodTable);
        _baseSize = (long)(flags >> 32);
        _elementSize = (flags & HasElements) != 0 ? (long)(flags & ElementSizeMask) : 0;
        if (IsFree)
            return;
        Owner = type.IsCollectible ? memory.Word(type.LoaderAllocatorHandle) : 0;
        if (!type.ContainsPointers)
            return;
        var count = (long)memory.Word(table - Word);
        if (count is > 0 and <= MostSeries)
            _series = [.. Enumerable.Range(1, (int)count).Select(i => SeriesAt(memory, table - Word - (ulong)(2 * i * Word)))];
        else if (count is < 0 and >= -MostSeries)
        {
            _repeatedFrom = (long)memory.Word(table - (2 * Word));
            _repeated = [.. Enumerable.Range(0, (int)-count).Select(i => RepeatedOf(memory.Word(table - (ulong)((3 + i) * Word))))];
        }
    }

    /// <summary>What is done with its objects.</summary>
    public DumpedType Type { get; }

    /// <summary>Whether its objects are gaps, or so dead that their type is unloaded.</summary>
    public bool IsFree { get; }

    /// <summary>The object that each object of a collectible type keeps alive, and with it the assembly; 0 of other types.</summary>
    public ulong Owner { get; }

    /// <summary>Whether objects have references.</summary>
    public bool HasReferences => _series.Length > 0 || _repeated.Length > 0;

    /// <summary>Whether objects have a length.</summary>
    public bool HasLength => _elementSize > 0;

    /// <summary>The size of an object, in bytes, not rounded up.</summary>
    /// <param name="length">How many elements it has.</param>
    public long SizeOf(uint length) => _baseSize + (length * _elementSize);

    /// <summary>Adds what an object refers to. References to nothing are left out.</summary>
    /// <param name="item">The object's words.</param>
    /// <param name="size">Its size, in bytes, not rounded up.</param>
    /// <param name="references">Where to add them.</param>
    public void AddReferences(ReadOnlySpan<ulong> item, long size, ReferenceList references)
    {
        foreach (var series in _series)
            references.Add(Slice(item, series.Offset, series.SizeLess + size));
        if (_repeated.Length > 0)
            AddRepeated(item, size, references);
    }

    private void AddRepeated(ReadOnlySpan<ulong> item, long size, ReferenceList references)
    {
        for (var offset = _repeatedFrom; offset < size - Word;)
        {
            var begin = offset;
            foreach (var part in _repeated)
            {
                references.Add(Slice(item, offset, part.Count * Word));
                offset += (part.Count * Word) + part.Skipped;
            }

            if (offset <= begin)
                return;
        }
    }

    // What lies outside of the object is damage.
    private static ReadOnlySpan<ulong> Slice(ReadOnlySpan<ulong> item, long offset, long size)
    {
        var (first, count) = (offset / Word, size / Word);
        return first > 0 && count > 0 && first <= item.Length - count ? item.Slice((int)first, (int)count) : default;
    }

    private static Series SeriesAt(CoreMemory memory, ulong address) => new((long)memory.Word(address + Word), (long)memory.Word(address));

    private static Repeated RepeatedOf(ulong word) => new((uint)word, (uint)(word >> 32));

    /// <summary>References one behind the other.</summary>
    /// <param name="Offset">Where they begin in an object.</param>
    /// <param name="SizeLess">Their size less that of the object.</param>
    private readonly record struct Series(long Offset, long SizeLess);

    /// <summary>A part of each element of an array.</summary>
    /// <param name="Count">How many references.</param>
    /// <param name="Skipped">How many other bytes come behind them.</param>
    private readonly record struct Repeated(long Count, long Skipped);
}
