namespace Memtrace.HeapSnapshots.Sources.Metadata;

/// <summary>
/// Finds out by which fields an object refers to others: a heap walk reports what an object refers to in the order of its fields, without what is null, so the
/// references are a subsequence of the fields.
/// </summary>
/// <param name="canHold">Whether a field, by its place, can refer to an object, by its.</param>
/// <param name="fields">How many fields there are.</param>
internal sealed class ReferenceMatch(Func<int, int, bool> canHold, int fields)
{
    /// <summary>The places of the fields that each reference can be of, if the order of the fields is not known.</summary>
    /// <param name="references">How many references there are.</param>
    public List<int>[] ByType(int references) =>
        [.. Enumerable.Range(0, references).Select(reference => Enumerable.Range(0, fields).Where(field => canHold(field, reference)).ToList())];

    /// <summary>The places of the fields that each reference can be of.</summary>
    /// <param name="references">How many references there are.</param>
    /// <returns>Null if they are no subsequence of the fields.</returns>
    public List<int>[]? ByOrder(int references)
    {
        var candidates = ByType(references);
        var first = -1;
        foreach (var places in candidates)
        {
            places.RemoveAll(place => place <= first);
            if (places.Count == 0)
                return null;
            first = places[0];
        }

        var last = fields;
        foreach (var places in candidates.Reverse())
        {
            places.RemoveAll(place => place >= last);
            last = places[^1];
        }

        return candidates;
    }
}
