using System.Collections.Immutable;

namespace Memtrace.Testing;

/// <summary>
/// The objects before some iterations of work, halfway and after them. What grows once, such as a cache, grows in one half only.
/// </summary>
/// <param name="Before">Before.</param>
/// <param name="Middle">After half of the iterations, rounded down.</param>
/// <param name="After">After all of them.</param>
/// <param name="Iterations">How many they are.</param>
internal sealed record ThreeMoments(LiveObjects Before, LiveObjects Middle, LiveObjects After, int Iterations)
{
    /// <summary>A leak of one object per iteration shows as slightly less if other objects of the type are freed meanwhile.</summary>
    private const double LeastObjects = 0.5;

    /// <summary>The types that grow in both halves, by an object with every other iteration or more; those of the program before those of .NET.</summary>
    public ImmutableArray<TypeGrowth> Growth()
    {
        var (before, middle, after) = (Before.Count(), Middle.Count(), After.Count());
        var suspects = after.Keys.Where(type => IsGrowing(before.GetValueOrDefault(type), middle.GetValueOrDefault(type), after[type])).ToHashSet();
        if (suspects.Count == 0)
            return [];

        // Paths take time, and only they tell what of it the measurement holds.
        var (first, second, third) = (Before.HeldBy(suspects.Contains), Middle.HeldBy(suspects.Contains), After.HeldBy(suspects.Contains));
        return
        [
            .. from type in suspects
               let start = Unexplained(before.GetValueOrDefault(type), first[type])
               let end = Unexplained(after[type], third[type])
               where IsGrowing(start, Unexplained(middle.GetValueOrDefault(type), second[type]), end)
               let added = end - start
               orderby IsFramework(type), added.Bytes descending
               select new TypeGrowth(type, added.Objects / (double)Iterations, added.Bytes / (double)Iterations, HeldObjects.MostAdded(first[type], third[type])),
        ];
    }

    private bool IsGrowing(Amount before, Amount middle, Amount after)
    {
        var half = Iterations / 2;
        return (middle - before).Objects >= LeastObjects * half && (after - middle).Objects >= LeastObjects * (Iterations - half);
    }

    private static Amount Unexplained(Amount all, IEnumerable<HeldObjects> held) => all - Amount.Sum(held.Where(objects => objects.IsKnown).Select(objects => objects.Amount));

    private static bool IsFramework(string type) => type.StartsWith("System.", StringComparison.Ordinal) || type.StartsWith("Microsoft.", StringComparison.Ordinal);
}
