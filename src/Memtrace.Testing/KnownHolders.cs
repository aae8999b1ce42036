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
    public static bool Contain(HeapPath path) => IsMeasuring(path) || IsThreadStorage(path) || path.Path.Any(step => Pool().IsMatch(step.Name));

    private static bool IsThreadStorage(HeapPath path) => path.Path is [{ Root: HeapRootKind.ThreadStatic }, { Name: "System.Object[]" }];

    // While a snapshot is taken, it also holds its caller, which runs the work and so holds what that captured or put into an AsyncLocal.
    private static bool IsMeasuring(HeapPath path) =>
        path.Path.LastOrDefault(step => Measuring().IsMatch(step.Name) || Working().IsMatch(step.Name)) is { } last && !Working().IsMatch(last.Name);

    [GeneratedRegex(@"\bMemtrace\.(MemorySnapshot|Analysis|Events|Exporting|Footprint|HeapSnapshots|Measuring|Nettrace|Processes|Profiles|Reading|Recording|Sessions)\b|\bMemtrace\.Testing\.LiveObjects\b|\bMicrosoft\.Diagnostics\.NETCore\.Client\b")]
    private static partial Regex Measuring();

    [GeneratedRegex(@"\bMemtrace\.Testing\.(RepeatedWork|LeakCheck|CallingThread)\b|^System\.Threading\.ExecutionContext$")]
    private static partial Regex Working();

    [GeneratedRegex(@"\bSystem\.Buffers\.(ArrayPool|SharedArrayPool|ConfigurableArrayPool)")]
    private static partial Regex Pool();
}
