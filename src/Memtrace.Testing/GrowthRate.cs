using System.Collections.Immutable;

namespace Memtrace.Testing;

/// <summary>What some objects grow by with each iteration.</summary>
/// <param name="Objects">How many objects more.</param>
/// <param name="Bytes">How many bytes more.</param>
internal readonly record struct GrowthRate(double Objects, double Bytes)
{
    /// <summary>A leak of one object per iteration shows as slightly less if other objects of the type are freed meanwhile.</summary>
    public const double LeastObjects = 0.5;

    /// <summary>Whether it is an object with every other iteration or more.</summary>
    public bool IsLeak => Objects >= LeastObjects;

    /// <summary>How many iterations are the first half: an even number, so that it has as many objects as the limit if every other iteration leaves one.</summary>
    /// <param name="iterations">How many there are.</param>
    public static int FirstHalf(int iterations) => iterations / 4 * 2;

    /// <summary>The growth from the first to the last of the moments.</summary>
    public static GrowthRate Whole(Amounts amounts, int iterations) => Of(amounts.Added, iterations);

    /// <summary>The growth in that half in which there was less. What grows once, such as a cache, grows in one half only.</summary>
    public static GrowthRate Steady(Amounts amounts, int iterations) => Halves(amounts, iterations).MinBy(half => half.Objects);

    /// <summary>The growth in each half.</summary>
    public static ImmutableArray<GrowthRate> Halves(Amounts amounts, int iterations)
    {
        var half = FirstHalf(iterations);
        return [Of(amounts.Middle - amounts.Before, half), Of(amounts.After - amounts.Middle, iterations - half)];
    }

    /// <summary>All of it.</summary>
    public static GrowthRate Sum(IEnumerable<GrowthRate> growth) => growth.Aggregate(default(GrowthRate), (sum, item) => new(sum.Objects + item.Objects, sum.Bytes + item.Bytes));

    private static GrowthRate Of(Amount added, int iterations) => new(added.Objects / (double)iterations, added.Bytes / (double)iterations);
}
