namespace Memtrace.Analysis.Allocations;

/// <summary>
/// Numbers type names. Looking up a known one does not allocate. Names of nested types lack the outer type, so that different types can have the same: each
/// such type has its own number.
/// </summary>
internal sealed class NameTable
{
    private const int Recent = 256;

    /// <summary>Ids are addresses of structures aligned to 8 bytes.</summary>
    private const int AlignmentBits = 3;

    /// <summary>Assemblies that are loaded repeatedly bring the same type under a new id each time.</summary>
    private const int MostNamesakes = 16;

    private readonly List<string> _names = [];
    private readonly Dictionary<int, List<(ulong Id, int Number)>> _namesakes = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly (ulong Id, int Number)[] _recent = new (ulong, int)[Recent];

    /// <summary>The number of names.</summary>
    public int Count => _names.Count;

    /// <summary>The name with this number.</summary>
    public string this[int number] => _names[number];

    /// <summary>The number of a name.</summary>
    public int Add(ReadOnlySpan<char> name)
    {
        if (_index.TryFind(name, out var number))
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
            recent = (id, IsNested(name) ? AddNested(id, name) : Add(name));
        return recent.Number;
    }

    /// <summary>The numbers of all types with this name, if there are several; otherwise empty.</summary>
    /// <param name="number">One of them.</param>
    public IEnumerable<int> Namesakes(int number) =>
        _index.TryGetValue(_names[number], out var first) && _namesakes.TryGetValue(first, out var types) && types.Count > 1 ? types.Select(type => type.Number) : [];

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
        _namesakes.Clear();
        Array.Clear(_recent);
        var folded = new int[old.Length];
        Add(rest);
        for (var number = 0; number < old.Length; number++)
            folded[number] = Add(kept.Contains(number) ? old[number] : rest);
        return folded;
    }

    /// <summary>Types without a namespace are nested, with few exceptions.</summary>
    private static bool IsNested(ReadOnlySpan<char> name)
    {
        var arguments = name.IndexOf('[');
        return !(arguments < 0 ? name : name[..arguments]).Contains('.');
    }

    private int AddNested(ulong id, ReadOnlySpan<char> name)
    {
        var first = Add(name);
        if (!_namesakes.TryGetValue(first, out var types))
            _namesakes[first] = types = [(id, first)];
        foreach (var type in types)
        {
            if (type.Id == id)
                return type.Number;
        }

        if (id == 0 || types.Count >= MostNamesakes)
            return first;
        types.Add((id, _names.Count));
        _names.Add(_names[first]);
        return types[^1].Number;
    }
}
