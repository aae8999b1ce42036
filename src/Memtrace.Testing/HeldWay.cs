namespace Memtrace.Testing;

/// <summary>A way in which objects of a type are held, at several moments.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Holder">What holds most of them, from the root on.</param>
/// <param name="IsKnown">Whether that says nothing about the work (<see cref="KnownHolders"/>).</param>
/// <param name="Amounts">How many they are.</param>
internal sealed record HeldWay(string Type, string Holder, bool IsKnown, Amounts Amounts)
{
    /// <summary>The ways in which objects are held.</summary>
    /// <param name="before">The objects before the work.</param>
    /// <param name="middle">The objects in the middle of it.</param>
    /// <param name="after">The objects after it.</param>
    public static IEnumerable<HeldWay> Find(IEnumerable<HeldObjects> before, IEnumerable<HeldObjects> middle, IEnumerable<HeldObjects> after) =>
        from held in before.Select(Before).Concat(middle.Select(Middle)).Concat(after.Select(After))
        group held by (held.Objects.Type, held.Objects.Way, held.Objects.IsKnown) into way
        select new HeldWay(way.Key.Type, way.Last().Objects.Holder, way.Key.IsKnown, Amounts.Sum(way.Select(held => held.Amounts)));

    /// <summary>What holds most of the objects that were added; null if no root leads to any.</summary>
    /// <param name="ways">The ways in which they are held.</param>
    public static string? MostAdded(IEnumerable<HeldWay> ways) =>
        ways.Where(way => !way.IsKnown && way.Amounts.After.Objects > 0).MaxBy(way => way.Amounts.Added.Objects)?.Holder;

    private static (HeldObjects Objects, Amounts Amounts) Before(HeldObjects held) => (held, new Amounts(held.Amount, default, default));

    private static (HeldObjects Objects, Amounts Amounts) Middle(HeldObjects held) => (held, new Amounts(default, held.Amount, default));

    private static (HeldObjects Objects, Amounts Amounts) After(HeldObjects held) => (held, new Amounts(default, default, held.Amount));
}
