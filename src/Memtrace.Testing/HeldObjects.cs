namespace Memtrace.Testing;

/// <summary>Objects of a type that are held in the same way.</summary>
/// <param name="Holder">What holds them, from the root on.</param>
/// <param name="IsKnown">Whether that says nothing about the work (<see cref="KnownHolders"/>).</param>
/// <param name="Amount">How many they are.</param>
internal readonly record struct HeldObjects(string Holder, bool IsKnown, Amount Amount)
{
    /// <summary>What holds most of the objects that were added; null if no root leads to any.</summary>
    /// <param name="before">The objects before.</param>
    /// <param name="after">The objects after.</param>
    public static string? MostAdded(IEnumerable<HeldObjects> before, IEnumerable<HeldObjects> after)
    {
        var earlier = before.Where(held => !held.IsKnown).ToDictionary(held => held.Holder, held => held.Amount);
        return after.Where(held => !held.IsKnown).OrderByDescending(held => (held.Amount - earlier.GetValueOrDefault(held.Holder)).Objects).FirstOrDefault().Holder;
    }
}
