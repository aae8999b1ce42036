using System.Collections.Immutable;

namespace Memtrace.Testing;

/// <summary>The objects before some iterations of work, halfway and after them.</summary>
/// <param name="Before">Before.</param>
/// <param name="Middle">After the first half of the iterations.</param>
/// <param name="After">After all of them.</param>
/// <param name="Iterations">How many they are.</param>
internal sealed record ThreeMoments(LiveObjects Before, LiveObjects Middle, LiveObjects After, int Iterations)
{
    /// <summary>The types that grow, by an object with every other iteration or more; those of the program before those of .NET.</summary>
    public ImmutableArray<TypeGrowth> Growth()
    {
        var suspects = Counts().Where(type => MayGrow(type.Value)).ToDictionary();
        if (suspects.Count == 0)
            return [];

        // Paths take time, and only they tell what of it the measurement holds.
        var ways = HeldWay.Find(Before.HeldBy(suspects.ContainsKey), Middle.HeldBy(suspects.ContainsKey), After.HeldBy(suspects.ContainsKey)).ToLookup(way => way.Type);
        return
        [
            .. suspects.Select(type => TypeGrowth.Find(type.Key, type.Value, [.. ways[type.Key]], Iterations)).OfType<TypeGrowth>()
                .OrderBy(type => IsFramework(type.Type)).ThenByDescending(type => type.Bytes),
        ];
    }

    private Dictionary<string, Amounts> Counts()
    {
        var (before, middle) = (Before.Count(), Middle.Count());
        return After.Count().ToDictionary(type => type.Key, type => new Amounts(before.GetValueOrDefault(type.Key), middle.GetValueOrDefault(type.Key), type.Value));
    }

    // What the measurement holds of a type may shrink by half as much as the work adds.
    private bool MayGrow(Amounts amounts) => GrowthRate.Whole(amounts, Iterations / 2).IsLeak;

    private static bool IsFramework(string type) => type.StartsWith("System.", StringComparison.Ordinal) || type.StartsWith("Microsoft.", StringComparison.Ordinal);
}
