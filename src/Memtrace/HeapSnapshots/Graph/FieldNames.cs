using System.Collections.Frozen;

namespace Memtrace.HeapSnapshots.Graph;

/// <summary>By which fields objects of one type refer to objects of another. Immutable.</summary>
/// <param name="names">The names by the numbers of the two types.</param>
internal sealed class FieldNames(IReadOnlyDictionary<TypePair, string> names)
{
    /// <summary>The maximum number of type pairs; the first ones are kept.</summary>
    public const int Most = 50_000;

    private readonly FrozenDictionary<TypePair, string> _names = names.ToFrozenDictionary();

    /// <summary>No names: the source of the graph does not provide them.</summary>
    public static FieldNames None { get; } = new(new Dictionary<TypePair, string>());

    /// <summary>All pairs of types with their fields.</summary>
    public IEnumerable<KeyValuePair<TypePair, string>> All => _names.OrderBy(item => item.Key.Holder).ThenBy(item => item.Key.Held);

    /// <summary>How many there are.</summary>
    public int Count => _names.Count;

    /// <summary>The field: <c>Left</c>; <c>Left/Right</c> if there are several, the most frequent first; <c>Left or Right</c> if it can be either. Null if it is not known.</summary>
    /// <param name="holder">The number of the type that has the field.</param>
    /// <param name="held">The number of the type of what it refers to.</param>
    public string? Of(int holder, int held) => _names.GetValueOrDefault(new TypePair(holder, held));

    /// <summary>The same with other names.</summary>
    /// <param name="rename">Renames a field.</param>
    public FieldNames Renamed(Func<string, string> rename) => new(_names.ToDictionary(item => item.Key, item => rename(item.Value)));
}

/// <summary>Two types, by number.</summary>
/// <param name="Holder">The type of objects that refer to others.</param>
/// <param name="Held">The type of those.</param>
internal readonly record struct TypePair(int Holder, int Held);
