using Memtrace.Profiles;

namespace Memtrace.Testing;

/// <summary>The messages of leak checks.</summary>
internal static class LeakText
{
    private const int MaxTypes = 3;

    /// <summary>Of further types, only the names are listed.</summary>
    private const int MaxNames = 20;

    /// <summary>Says what grows, which line allocates it, and what holds it.</summary>
    /// <param name="growth">What grows.</param>
    /// <param name="work">The work, which is repeated to find the line.</param>
    public static async Task<string> OfAsync(LiveGrowth growth, Func<Task> work)
    {
        var shown = growth.Types.Take(MaxTypes).ToList();
        var located = await AllocationSite.RepeatAsync(work, [.. shown.Select(type => type.Type)], growth.Bytes);
        var lines = new List<string> { $"Leaks: {Growth(growth)}" };
        foreach (var type in shown)
            lines.AddRange(Lines($"{type.Objects:0.##} {type.Type} per iteration, {ByteSize.Format(type.Bytes)}", AllocationSite.In(located, type.Type), type.Holder));
        if (growth.Types.Length > MaxTypes)
            lines.Add($"  and {string.Join(", ", growth.Types.Skip(MaxTypes).Take(MaxNames).Select(type => type.Type))}{(growth.Types.Length > MaxTypes + MaxNames ? ", …" : "")}");
        if (shown.Count == 0)
            lines.AddRange(Survivors(located.Memory));
        return string.Join(Environment.NewLine, lines);
    }

    /// <summary>Says what is left of a type.</summary>
    /// <param name="left">The objects.</param>
    /// <param name="site">The line that allocates them, or why it is not known.</param>
    /// <param name="isRepeated">Whether an earlier check that failed has repeated work that leaves such objects.</param>
    public static string OfInstances(LeftInstances left, string site, bool isRepeated)
    {
        var reason = isRepeated ? "; an earlier check that failed repeated its work, and left many" : "";
        var earlier = left.Before.Objects > 0 ? $" ({left.Before.Objects} before the work{reason})" : "";
        return string.Join(
            Environment.NewLine,
            Lines($"{left.After.Objects} {left.Type} left{earlier}, {ByteSize.Format(left.After.Bytes)}", site, left.Holder).Prepend("Leaks: objects are left after the work."));
    }

    private static string Growth(LiveGrowth growth)
    {
        var (_, low, high) = growth.Heap;
        return growth.Types.IsEmpty
            ? $"the live heap grows by {ByteSize.Format(growth.Bytes)} per iteration (99.9% interval: {ByteSize.Format(low)} to {ByteSize.Format(high)}; {growth.Iterations} iterations)."
            : $"each of {growth.Iterations} iterations leaves {ByteSize.Format(growth.Bytes)} behind, in objects of {Types(growth.Types.Length)}.";
    }

    private static string Types(int count) => count == 1 ? "1 type" : $"{count} types";

    private static IEnumerable<string> Lines(string what, string site, string? holder)
    {
        yield return $"  {what}";
        yield return $"    allocated by: {site}";
        yield return $"    held by:      {holder ?? "not known: no root leads to them"}";
    }

    // A growing array is one object, however large.
    private static IEnumerable<string> Survivors(MeasuredMemory located) =>
        from site in located.Survivors?.Sites.Take(MaxTypes) ?? []
        select $"  {ByteSize.Format(site.Survival.Live.Bytes)} of {site.Type} alive, allocated by {site.Site?.Place ?? "(no call stack)"}";
}
