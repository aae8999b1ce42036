using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Memtrace.Profiles;

namespace Memtrace.Testing;

/// <summary>
/// Holders that say nothing about the work: the measurement itself, which reads events while the heap is walked, and so holds a little more or less each time;
/// the pools of arrays, which fill up; and the runtime's own arrays for thread statics, of which each new thread of the pool needs some.
/// </summary>
internal static partial class KnownHolders
{
    /// <summary>Whether a path leads through one.</summary>
    public static bool Contain(HeapPath path) => IsMeasuring(path.Path) || IsThreadStorage(path.Path) || path.Path.Any(step => Pool().IsMatch(step.Name));

    /// <summary>The steps of a path. Those of the measurement are one: it waits for the work now on a stack, now in a task.</summary>
    public static ImmutableArray<HeapStep> JoinMeasurement(ImmutableArray<HeapStep> path) => LastOfMeasurement(path) is >= 0 and var last
        ? [new HeapStep("the work", Root: null, Objects: 0, Bytes: 0), .. path.Skip(last + 1).Select((step, i) => i == 0 ? step with { Field = null } : step)]
        : path;

    private static bool IsThreadStorage(ImmutableArray<HeapStep> path) => path is [{ Root: HeapRootKind.ThreadStatic }, { Name: "System.Object[]" }];

    // While a snapshot is taken, it also holds its caller, which runs the work and so holds what that captured or put into an AsyncLocal.
    private static bool IsMeasuring(ImmutableArray<HeapStep> path) =>
        LastOfMeasurement(path) is >= 0 and var last && !Working().IsMatch(path[last].Name) && !path.Skip(last + 1).Any(step => step.Name == "System.Threading.ExecutionContext");

    private static int LastOfMeasurement(ImmutableArray<HeapStep> path)
    {
        var last = path.Length - 1;
        while (last >= 0 && !Measuring().IsMatch(path[last].Name) && !Working().IsMatch(path[last].Name))
            last--;
        return last;
    }

    [GeneratedRegex(@"\bMemtrace\.(MemorySnapshot|Analysis|Events|Exporting|Footprint|HeapSnapshots|Measuring|Nettrace|Processes|Profiles|Reading|Recording|Sessions)\b|\bMemtrace\.Testing\.LiveObjects\b|\bMicrosoft\.Diagnostics\.NETCore\.Client\b")]
    private static partial Regex Measuring();

    [GeneratedRegex(@"\bMemtrace\.Testing\.(RepeatedWork|LeakCheck|CallingThread)\b")]
    private static partial Regex Working();

    [GeneratedRegex(@"\bSystem\.Buffers\.(ArrayPool|SharedArrayPool|ConfigurableArrayPool)")]
    private static partial Regex Pool();
}
