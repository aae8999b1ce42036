namespace Memtrace.Analysis.Symbols;

/// <summary>Shares equal strings. Looking up a known one does not allocate. When it is full it starts anew, so that names that never repeat do not fill memory.</summary>
internal sealed class StringPool
{
    private const int Capacity = 25_000;

    private readonly HashSet<string> _strings = new(StringComparer.Ordinal);

    /// <summary>The shared string equal to <paramref name="text"/>.</summary>
    public string Intern(ReadOnlySpan<char> text)
    {
        if (_strings.TryFind(text, out var known))
            return known;
        if (_strings.Count == Capacity)
            _strings.Clear();
        var added = text.ToString();
        _strings.Add(added);
        return added;
    }
}
