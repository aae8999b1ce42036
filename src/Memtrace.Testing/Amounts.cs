namespace Memtrace.Testing;

/// <summary>Amounts at three moments of a measurement: before some iterations of work, halfway and after them.</summary>
/// <param name="Before">Before.</param>
/// <param name="Middle">After the first half of the iterations.</param>
/// <param name="After">After all of them.</param>
internal readonly record struct Amounts(Amount Before, Amount Middle, Amount After)
{
    /// <summary>What was added.</summary>
    public Amount Added => After - Before;

    /// <summary>All of them.</summary>
    public static Amounts Sum(IEnumerable<Amounts> amounts) => amounts.Aggregate(default(Amounts), (sum, item) => sum + item);

    /// <summary>Both.</summary>
    public static Amounts operator +(Amounts first, Amounts second) => new(first.Before + second.Before, first.Middle + second.Middle, first.After + second.After);

    /// <summary>The first without the second.</summary>
    public static Amounts operator -(Amounts first, Amounts second) => new(first.Before - second.Before, first.Middle - second.Middle, first.After - second.After);
}
