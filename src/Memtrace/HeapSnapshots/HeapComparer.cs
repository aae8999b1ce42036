using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots;

/// <summary>Compares two snapshots of a heap.</summary>
internal static class HeapComparer
{
    private const string Separator = "\0";

    /// <summary>What changed.</summary>
    /// <param name="before">The snapshot before.</param>
    /// <param name="after">The snapshot after.</param>
    public static HeapComparison Compare(HeapProfile before, HeapProfile after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var (old, young) = (NestedTypeNames.Align(before, after), NestedTypeNames.Align(after, before));
        var retainers = new RetainerComparer(old, young);
        return new HeapComparison(before, after, Changes(old, young, Types), Ordered(retainers.Retainers()), Changes(old, young, Roots))
        {
            Suspects = Ordered(retainers.Suspects()),
        };
    }

    private static ImmutableArray<HeapChange> Changes(HeapProfile before, HeapProfile after, Func<HeapProfile, IEnumerable<Item>> items)
    {
        var (old, young) = (Sum(items(before)), Sum(items(after)));
        return Ordered(old.Keys.Union(young.Keys).Select(key => new HeapChange([.. key.Split(Separator)], old.GetValueOrDefault(key), young.GetValueOrDefault(key))));
    }

    private static ImmutableArray<HeapChange> Ordered(IEnumerable<HeapChange> changes) =>
    [
        .. from change in changes
           orderby Math.Abs(change.BytesDifference) descending, Math.Abs(change.ObjectsDifference) descending, Math.Abs(change.RetainedDifference ?? 0) descending, string.Join(Separator, change.Path)
           select change,
    ];

    private static Dictionary<string, HeapAmount> Sum(IEnumerable<Item> items)
    {
        var sums = new Dictionary<string, HeapAmount>();
        foreach (var (path, amount) in items)
        {
            var key = string.Join(Separator, path);
            sums[key] = sums.TryGetValue(key, out var sum)
                ? new HeapAmount(sum.Objects + amount.Objects, sum.Bytes + amount.Bytes, sum.RetainedBytes + amount.RetainedBytes)
                : amount;
        }

        return sums;
    }

    // What is dead at the moment of a copy or a dump is chance, and a snapshot from events has none of it.
    private static IEnumerable<Item> Types(HeapProfile profile) =>
        profile.Types.Where(type => type.LiveObjects > 0).Select(type => new Item([type.Type], new HeapAmount(type.LiveObjects, type.LiveBytes, type.RetainedBytes)));

    private static IEnumerable<Item> Roots(HeapProfile profile) => profile.Roots.Select(root =>
        new Item(root.Name is null && root.Type is { } type ? [root.Title, type] : [root.Title], new HeapAmount(root.Objects, root.RetainedBytes, root.RetainedBytes)));

    private sealed record Item(ImmutableArray<string> Path, HeapAmount Amount);
}
