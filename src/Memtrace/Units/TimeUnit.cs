using System.Collections.Immutable;

namespace Memtrace.Units;

/// <summary>A unit of time in a rate.</summary>
/// <param name="Symbol">How it is written: <c>min</c>.</param>
/// <param name="Seconds">Its length in seconds.</param>
internal sealed record TimeUnit(string Symbol, double Seconds)
{
    /// <summary>A second.</summary>
    public static TimeUnit Second { get; } = new("s", 1);

    /// <summary>All of them.</summary>
    public static ImmutableArray<TimeUnit> All { get; } = [Second, new("min", 60), new("h", 3600)];
}
