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
    public static LeftInstances? Find(TypeOnHeap type, LiveObjects before, LiveObjects after) => after.Of(type) is { Objects: > 0 } left
        ? new LeftInstances(type.Name, before.Of(type), left, HeldObjects.MostAdded(Held(before, type), Held(after, type)))
        : null;

    private static IEnumerable<HeldObjects> Held(LiveObjects heap, TypeOnHeap type) => heap.HeldBy(name => name == type.Name)[type.Name];
}
