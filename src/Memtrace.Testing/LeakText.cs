using Memtrace.Profiles;

namespace Memtrace.Testing;

/// <summary>The messages of leak checks.</summary>
internal static class LeakText
{
    private const int MaxTypes = 3;

    /// <summary>Says what grows, which line allocates it, and what holds it.</summary>
    /// <param name="growth">What grows.</param>
    /// <param name="work">The work, which is repeated to find the line.</param>
    public static async Task<string> OfAsync(LiveGrowth growth, Func<Task> work)
    {
        var shown = growth.Types.Take(MaxTypes).ToList();
        var (bytes, low, high) = growth.Bytes;
        var lines = new List<string>
        {
            $"Leaks: the live heap grows by {ByteSize.Format(bytes)} per iteration (99.9% interval: {ByteSize.Format(low)} to {ByteSize.Format(high)}; {growth.Iterations} iterations).",
        };
        var located = await AllocationSite.RepeatAsync(work, [.. shown.Select(type => type.Type)], Math.Max(bytes, shown.Sum(type => type.Bytes)));
        foreach (var type in shown)
            lines.AddRange(Lines($"{type.Objects:0.##} {type.Type} per iteration, {ByteSize.Format(type.Bytes)}", AllocationSite.Of(located, type.Type), growth.Heap.HolderOf(type.Type)));
        if (growth.Types.Length > MaxTypes)
            lines.Add($"  and {growth.Types.Length - MaxTypes} more types");
        if (shown.Count == 0)
            lines.AddRange(Survivors(located));
        return string.Join(Environment.NewLine, lines);
    }

    /// <summary>Says what is left of a type.</summary>
    /// <param name="left">The objects.</param>
    /// <param name="site">The line that allocates them; null if it is not known.</param>
    /// <param name="holder">What holds them; null if it is not known.</param>
    public static string OfInstances(HeapTypeSummary left, string? site, string? holder) =>
        string.Join(Environment.NewLine, Lines($"{left.Objects} {left.Type} left, {ByteSize.Format(left.Bytes)}", site, holder));

    private static IEnumerable<string> Lines(string what, string? site, string? holder)
    {
        yield return $"  {what}";
        yield return $"    allocated by: {site ?? "not known: too few bytes to be sampled"}";
        yield return $"    held by:      {holder ?? "not known: no root leads to them"}";
    }

    // A growing array is one object, however large.
    private static IEnumerable<string> Survivors(MeasuredMemory located) =>
        from site in located.Survivors?.Sites.Take(MaxTypes) ?? []
        select $"  {ByteSize.Format(site.Survival.Live.Bytes)} of {site.Type} alive, allocated by {site.Site?.Place ?? "(no call stack)"}";
}
