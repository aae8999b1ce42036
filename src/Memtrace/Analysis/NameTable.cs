namespace Memtrace.Analysis;

/// <summary>Distinct strings by number. Looking a known one up allocates nothing.</summary>
internal sealed class NameTable
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;

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

    /// <summary>The one string that is equal to <paramref name="name"/>.</summary>
    public string Intern(ReadOnlySpan<char> name) => _names[Add(name)];
}
