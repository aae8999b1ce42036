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

    /// <summary>The shared string equal to <paramref name="name"/>.</summary>
    public string Intern(ReadOnlySpan<char> name) => _names[Add(name)];
}
