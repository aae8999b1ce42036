using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Memtrace.Profiles;

namespace Memtrace.Testing;

/// <summary>
/// Holders that say nothing about the work: the measurement itself, which reads events while the heap is walked, and so holds a little more or less each time;
/// the pools of arrays and the texts of small numbers, which fill up; and the runtime's own arrays for thread statics, of which each new thread of the pool needs some.
/// </summary>
internal static partial class KnownHolders
{
    private const string Measurement = "the measurement", Work = "the work";

    /// <summary>
    /// The steps of a path, with those of the measurement as one. While it takes a snapshot, it also holds its caller, which runs the work, now on a stack, now in a
    /// task, and so holds what that captured or put into an AsyncLocal: that is held by the work.
    /// </summary>
    public static ImmutableArray<HeapStep> JoinMeasurement(ImmutableArray<HeapStep> path)
    {
        var last = LastOfMeasurement(path);
        if (last < 0)
            return path;
        var rest = path[(last + (IsDelegate(path, last + 1) ? 2 : 1))..];
        var isWork = Working().IsMatch(path[last].Name) || rest.Any(step => step.Name == "System.Threading.ExecutionContext");
        return [new HeapStep(isWork ? Work : Measurement, Root: null, Objects: 0, Bytes: 0), .. rest.Select((step, i) => i == 0 ? step with { Field = null } : step)];
    }

    /// <summary>Whether a path leads through one.</summary>
    /// <param name="steps">Its steps, as <see cref="JoinMeasurement"/> returns them.</param>
    public static bool Contain(ImmutableArray<HeapStep> steps) =>
        steps is [{ Name: Measurement }, ..] or [{ Root: HeapRootKind.ThreadStatic }, { Name: "System.Object[]" }] || steps.Any(step => Pool().IsMatch(step.Name));

    // The work itself: what it has captured comes next.
    private static bool IsDelegate(ImmutableArray<HeapStep> path, int step) => path.Length > step + 1 && path[step].Name is "System.Action" or "System.Func<System.Threading.Tasks.Task>";

    private static int LastOfMeasurement(ImmutableArray<HeapStep> path)
    {
        var last = path.Length - 1;
        while (last >= 0 && !Measuring().IsMatch(path[last].Name) && !Working().IsMatch(path[last].Name))
            last--;
        return last;
    }

    [GeneratedRegex(@"\bMemtrace\.(MemorySnapshot|Analysis|Events|Exporting|Footprint|HeapSnapshots|Measuring|Nettrace|Processes|Profiles|Reading|Recording|Sessions)\b|\bMemtrace\.Testing\.LiveObjects\b|\bMicrosoft\.Diagnostics\.NETCore\.Client\b")]
    private static partial Regex Measuring();

    [GeneratedRegex(@"\bMemtrace\.Testing\.(CheckedWork|RepeatedWork|LeakCheck|CallingThread)\b")]
    private static partial Regex Working();

    [GeneratedRegex(@"\bSystem\.Buffers\.(ArrayPool|SharedArrayPool|ConfigurableArrayPool)|\bSystem\.Number\.s_smallNumberCache\b")]
    private static partial Regex Pool();
}
