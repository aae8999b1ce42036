namespace Memtrace.Testing;

/// <summary>Objects of a type after some work.</summary>
/// <param name="Type">The name of the type.</param>
/// <param name="Before">Those that were there before it.</param>
/// <param name="After">Those that are there now.</param>
/// <param name="Holder">What holds most of what was added; null if no root leads to it.</param>
internal sealed record LeftInstances(string Type, Amount Before, Amount After, string? Holder)
{
    /// <summary>What the work adds each time, in bytes; one object at least.</summary>
    public double AddedBytes => Math.Max((After - Before).Bytes, After.Bytes / (double)After.Objects);

    /// <summary>The objects of a type that are left; null if there are none.</summary>
    /// <param name="type">The type.</param>
    /// <param name="before">The heap before the work.</param>
    /// <param name="after">The heap after it.</param>
    public static LeftInstances? Find(TypeOnHeap type, LiveObjects before, LiveObjects after)
    {
        var left = after.Of(type);
        if (left.Objects == 0)
            return null;
        var earlier = before.HeldBy(name => name == type.Name);
        return new LeftInstances(type.Name, before.Of(type), left, HeldWay.MostAdded(HeldWay.Find(earlier, earlier, after.HeldBy(name => name == type.Name))));
    }
}
