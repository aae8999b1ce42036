using System.Runtime.InteropServices;
using Memtrace.HeapSnapshots.Graph;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>How often objects of one type refer to those of another by which field. Not thread-safe.</summary>
internal sealed class FieldCounts
{
    /// <summary>So many fields are named; then there is an ellipsis.</summary>
    private const int MostNamed = 2;

    /// <summary>So many references between two types are enough to know their fields.</summary>
    private const int Enough = 64;

    private readonly Dictionary<string, int> _names = [];
    private readonly HashSet<string> _possible = [];
    private int _references;

    /// <summary>Whether no more references need to be looked at.</summary>
    public bool AreEnough => _references >= Enough;

    /// <summary>The fields by the types.</summary>
    /// <param name="counts">The counts by the types.</param>
    public static FieldNames Names(IEnumerable<KeyValuePair<TypePair, FieldCounts>> counts) =>
        new((from item in counts let name = item.Value.Describe() where name is not null select KeyValuePair.Create(item.Key, name)).ToDictionary());

    /// <summary>Adds a reference.</summary>
    /// <param name="fields">The field, or those that it can be of; none if its field was not found.</param>
    public void Add(IReadOnlyList<string> fields)
    {
        _references++;
        if (fields is [var field])
            CollectionsMarshal.GetValueRefOrAddDefault(_names, field, out _)++;
        else
            _possible.UnionWith(fields);
    }

    /// <summary>The fields, the most frequent first: <c>Left/Right</c>; <c>Left or Right</c> if it can be either. Null if it can be one of more.</summary>
    public string? Describe()
    {
        if (_names.Count > 0 && _possible.IsSubsetOf(_names.Keys))
            return string.Join('/', MostFrequent().Take(MostNamed)) + (_names.Count > MostNamed ? "/..." : "");
        _possible.UnionWith(_names.Keys);
        return _possible.Count is > 1 and <= MostNamed ? string.Join(" or ", _possible.Order(StringComparer.Ordinal)) : null;
    }

    private IEnumerable<string> MostFrequent() => _names.OrderByDescending(item => item.Value).ThenBy(item => item.Key, StringComparer.Ordinal).Select(item => item.Key);
}
