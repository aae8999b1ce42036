namespace Memtrace.Testing;

/// <summary>Some objects.</summary>
/// <param name="Objects">How many they are.</param>
/// <param name="Bytes">Their size, in bytes.</param>
internal readonly record struct Amount(long Objects, long Bytes)
{
    /// <summary>All of them.</summary>
    public static Amount Sum(IEnumerable<Amount> amounts) => amounts.Aggregate(default(Amount), (sum, amount) => sum + amount);

    /// <summary>Both.</summary>
    public static Amount operator +(Amount first, Amount second) => new(first.Objects + second.Objects, first.Bytes + second.Bytes);

    /// <summary>What was added.</summary>
    public static Amount operator -(Amount after, Amount before) => new(after.Objects - before.Objects, after.Bytes - before.Bytes);
}
