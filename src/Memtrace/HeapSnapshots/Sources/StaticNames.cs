using System.Collections.Immutable;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>A static field as a heap walk reports it.</summary>
/// <param name="Field">The field's name, without its class.</param>
/// <param name="Slot">Where it is.</param>
/// <param name="ObjectType">The name of the type of the object in it, in the runtime's notation.</param>
internal readonly record struct UnnamedStatic(string Field, ulong Slot, string ObjectType);

/// <summary>
/// Finds the classes of static fields. A heap walk reports fields without them, but in the order of the metadata, leaving out what is null: so what was
/// reported is a subsequence of what is declared. Where it can be several, the places of the fields decide: those of a class lie side by side.
/// </summary>
/// <param name="assemblies">What is declared, by assembly in the order in which the runtime lists them.</param>
internal sealed class StaticNames(IEnumerable<ImmutableArray<DeclaredStatic>> assemblies)
{
    /// <summary>More classes than this are not listed.</summary>
    private const int MostListed = 3;

    private readonly ImmutableArray<DeclaredStatic> _declared = [.. assemblies.SelectMany(fields => fields)];

    /// <summary>Names fields.</summary>
    /// <param name="reported">The fields, in the order in which they were reported.</param>
    /// <returns>A name for each: <c>Namespace.Class.Field</c>, or what is known of it.</returns>
    public ImmutableArray<string> Name(ImmutableArray<UnnamedStatic> reported)
    {
        var candidates = Candidates(reported);
        DecideBySlots(reported, candidates);
        return [.. reported.Select((field, i) => NameOf(field, candidates[i]))];
    }

    private string NameOf(UnnamedStatic field, List<int> candidates)
    {
        var names = candidates.Select(candidate => _declared[candidate].Name).Distinct(StringComparer.Ordinal).ToList();
        return names.Count switch
        {
            0 => $"(unknown class).{field.Field}",
            1 => names[0],
            <= MostListed => string.Join(" or ", names),
            _ => $"(one of {names.Count} classes).{field.Field}",
        };
    }

    /// <summary>For each reported field, the declared fields that it can be in a longest match.</summary>
    private List<int>[] Candidates(ImmutableArray<UnnamedStatic> reported)
    {
        var byName = Enumerable.Range(0, _declared.Length).ToLookup(i => _declared[i].Field, StringComparer.Ordinal);
        var fitting = reported.Select(field => byName[field.Field].Where(i => _declared[i].CanHold(field.ObjectType)).ToList()).ToArray();
        var before = Longest(fitting, place => place);
        var after = Longest([.. fitting.Reverse()], place => -place);
        Array.Reverse(after);
        var longest = before.SelectMany(lengths => lengths).DefaultIfEmpty().Max();
        return [.. fitting.Select((places, i) => places.Where((_, j) => before[i][j] + after[i][j] - 1 == longest).ToList())];
    }

    /// <summary>For each field and each place that it can have, the length of the longest rising sequence that ends there.</summary>
    private static int[][] Longest(List<int>[] fields, Func<int, int> order)
    {
        // The lowest end of any sequence of each length.
        var ends = new List<int>();
        var lengths = new int[fields.Length][];
        for (var i = 0; i < fields.Length; i++)
        {
            // All places of a field against the fields before it, only then for those after it.
            lengths[i] = [.. fields[i].Select(place => ends.BinarySearch(order(place)) is var found && found < 0 ? ~found : found)];
            for (var j = 0; j < lengths[i].Length; j++)
            {
                var (length, end) = (lengths[i][j]++, order(fields[i][j]));
                if (length == ends.Count)
                    ends.Add(end);
                else
                    ends[length] = Math.Min(ends[length], end);
            }
        }

        return lengths;
    }

    /// <summary>Drops candidates of classes whose fields are elsewhere, as long as that resolves anything.</summary>
    private void DecideBySlots(ImmutableArray<UnnamedStatic> reported, List<int>[] candidates)
    {
        int open, before = int.MaxValue;
        while ((open = candidates.Count(places => places.Count > 1)) < before && open > 0)
        {
            before = open;
            var starts = ClassStarts(reported, candidates);
            for (var i = 0; i < candidates.Length; i++)
                Decide(candidates[i], reported[i].Slot, starts);
        }
    }

    /// <summary>Where the fields of each class begin, by those that are certain.</summary>
    private Dictionary<string, ulong> ClassStarts(ImmutableArray<UnnamedStatic> reported, List<int>[] candidates)
    {
        var starts = new Dictionary<string, ulong>(StringComparer.Ordinal);
        for (var i = 0; i < candidates.Length; i++)
        {
            if (candidates[i] is [var only])
                starts.TryAdd(_declared[only].Class, StartOf(only, reported[i].Slot));
        }

        return starts;
    }

    private void Decide(List<int> candidates, ulong slot, Dictionary<string, ulong> starts)
    {
        if (candidates.Count < 2)
            return;
        var certain = candidates.FindAll(place => starts.TryGetValue(_declared[place].Class, out var start) && start == StartOf(place, slot));
        if (certain.Count == 1)
            candidates.RemoveAll(place => place != certain[0]);
        else if (candidates.FindAll(place => !starts.ContainsKey(_declared[place].Class)) is { Count: > 0 } possible && certain.Count == 0)
            candidates.RemoveAll(place => !possible.Contains(place));
    }

    private ulong StartOf(int place, ulong slot) => unchecked(slot - ((ulong)_declared[place].Ordinal * sizeof(ulong)));
}
