namespace Memtrace.Analysis.Allocations;

/// <summary>Numbers distinct strings. Looking up a known one does not allocate.</summary>
internal sealed class NameTable
{
    private const int Recent = 256;

    /// <summary>Ids are addresses of structures aligned to 8 bytes.</summary>
    private const int AlignmentBits = 3;

    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly (ulong Id, int Number)[] _recent = new (ulong, int)[Recent];

    public NameTable() => _lookup = _index.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The number of names.</summary>
    public int Count => _names.Count;

    /// <summary>The name with this number.</summary>
    public string this[int number] => _names[number];

    /// <summary>The number of a name.</summary>
    public int Add(ReadOnlySpan<char> name)
    {
        if (_lookup.TryGetValue(name, out var number))
            return number;
        number = _names.Count;
        _names.Add(name.ToString());
        _index.Add(_names[number], number);
        return number;
    }

    /// <summary>The number of a name that usually comes with the same id: comparing two names is cheaper than a lookup.</summary>
    /// <param name="id">The id, which can be reused for another name; 0 for none.</param>
    /// <param name="name">The name.</param>
    public int Add(ulong id, ReadOnlySpan<char> name)
    {
        ref var recent = ref _recent[(id >> AlignmentBits) & (Recent - 1)];
        if (id == 0 || recent.Id != id || !name.SequenceEqual(_names[recent.Number]))
            recent = (id, Add(name));
        return recent.Number;
    }

    /// <summary>Keeps the most frequent names; the others become one.</summary>
    /// <param name="counts">How often each name occurs.</param>
    /// <param name="most">How many to keep.</param>
    /// <param name="rest">What the others become.</param>
    /// <returns>The new number of each name.</returns>
    public int[] Fold(long[] counts, int most, string rest)
    {
        var old = _names.ToArray();
        var kept = Enumerable.Range(0, old.Length).OrderByDescending(number => counts[number]).Take(most).ToHashSet();
        _names.Clear();
        _index.Clear();
        Array.Clear(_recent);
        var folded = new int[old.Length];
        Add(rest);
        for (var number = 0; number < old.Length; number++)
            folded[number] = Add(kept.Contains(number) ? old[number] : rest);
        return folded;
    }
}
