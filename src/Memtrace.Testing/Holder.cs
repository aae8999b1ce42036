using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Testing;

/// <summary>What holds objects, in words.</summary>
internal static class Holder
{
    private const int MaxSteps = 8;

    /// <summary>The steps of a path, from the root on.</summary>
    public static string Of(ImmutableArray<HeapStep> path) => string.Join(" → ", Shortened(Steps(path)));

    /// <summary>The types on a path, those that follow one of the same type only once: what distinguishes it from other ways to hold objects.</summary>
    public static string WayOf(ImmutableArray<HeapStep> path) =>
        string.Join(" → ", path.Select(step => step.Name).Where((name, i) => i == 0 || name != path[i - 1].Name));

    private static string[] Steps(ImmutableArray<HeapStep> path) =>
        [.. path.Select((step, i) => HeapStep.WithField(step.Name, i + 1 < path.Length ? path[i + 1].Field : null))];

    // Holders are near the root, held objects near the end.
    private static string[] Shortened(string[] steps) => steps.Length <= MaxSteps ? steps : [.. steps[..(MaxSteps / 2)], "…", .. steps[^(MaxSteps / 2)..]];
}
