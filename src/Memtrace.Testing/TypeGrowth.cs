using System.Collections.Immutable;

namespace Memtrace.Testing;

/// <summary>The growth of the objects of a type.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Halves">The growth in each half of each measurement.</param>
/// <param name="Holder">What holds most of what was added; null if no root leads to it.</param>
internal sealed record TypeGrowth(string Type, ImmutableArray<GrowthRate> Halves, string? Holder)
{
    /// <summary>How many objects more with each iteration: the median, so that what .NET itself adds or frees in one half or another makes no fractions.</summary>
    public double Objects => Median(half => half.Objects);

    /// <summary>How many bytes more with each iteration, likewise.</summary>
    public double Bytes => Median(half => half.Bytes);

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
        var leaking = ways.Where(way => !way.IsKnown && GrowthRate.Steady(way.Amounts, iterations).IsLeak).ToList();
        var inWays = GrowthRate.Sum(leaking.Select(way => GrowthRate.Steady(way.Amounts, iterations)));
        var isInWays = inWays.IsLeak && steady.Objects - inWays.Objects < GrowthRate.LeastObjects;
        return isInWays || steady.IsLeak
            ? new TypeGrowth(type, GrowthRate.Halves(isInWays ? Amounts.Sum(leaking.Select(way => way.Amounts)) : counted, iterations), HeldWay.MostAdded(isInWays ? leaking : ways))
            : null;
    }

    /// <summary>The growth that was measured here and earlier.</summary>
    /// <param name="earlier">What was measured earlier.</param>
    public TypeGrowth ConfirmedBy(TypeGrowth earlier) => this with { Halves = [.. earlier.Halves, .. Halves] };

    private double Median(Func<GrowthRate, double> figure)
    {
        double[] ordered = [.. Halves.Select(figure).Order()];
        return (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }
}
