namespace Memtrace.Testing;

/// <summary>The growth of the objects of a type.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Objects">How many objects more with each iteration.</param>
/// <param name="Bytes">How many bytes more with each iteration.</param>
/// <param name="Holder">What holds most of what was added; null if no root leads to it.</param>
internal sealed record TypeGrowth(string Type, double Objects, double Bytes, string? Holder)
{
    /// <summary>
    /// The growth of a type; null if its objects do not grow, or if neither all of them nor those that are held in one way do so in each half. What .NET itself
    /// adds or frees meanwhile, held in other ways, neither hides a leak nor counts as part of it.
    /// </summary>
    /// <param name="type">The name of the type.</param>
    /// <param name="all">All its objects.</param>
    /// <param name="ways">The ways in which they are held; those of <see cref="KnownHolders"/> do not count.</param>
    /// <param name="iterations">How many iterations of the work there were.</param>
    public static TypeGrowth? Find(string type, Amounts all, IReadOnlyCollection<HeldWay> ways, int iterations)
    {
        var counted = all - Amounts.Sum(ways.Where(way => way.IsKnown).Select(way => way.Amounts));
        if (!GrowthRate.Whole(counted, iterations).IsLeak)
            return null;

        var steady = GrowthRate.Steady(counted, iterations);
        var inWays = GrowthRate.Sum(ways.Where(way => !way.IsKnown).Select(way => GrowthRate.Steady(way.Amounts, iterations)).Where(way => way.IsLeak));
        var growth = inWays.IsLeak && steady.Objects - inWays.Objects < GrowthRate.LeastObjects ? inWays : steady;
        return growth.IsLeak ? new TypeGrowth(type, growth.Objects, growth.Bytes, HeldWay.MostAdded(ways)) : null;
    }
}
