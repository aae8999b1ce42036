using System.Collections.Immutable;
using Memtrace.Profiles;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>What threads in a dump do, and which exceptions they have thrown.</summary>
/// <param name="runtime">The runtime.</param>
/// <param name="withValues">Whether messages of exceptions are wanted.</param>
internal sealed class DumpThreads(ClrRuntime runtime, bool withValues)
{
    private const int MostGroups = 50;
    private const int MostFrames = 40;
    private const int DeepestException = 10;
    private const int LongestMessage = 1000;

    /// <summary>Threads by their stacks, the largest groups first.</summary>
    public ImmutableArray<ThreadGroup> Groups() =>
    [
        .. runtime.Threads.Where(thread => thread.IsAlive)
            .Select(thread => Frames(thread.EnumerateStackTrace(includeContext: false, MostFrames)))
            .GroupBy(frames => string.Join('\n', frames), StringComparer.Ordinal)
            .OrderByDescending(group => group.Count())
            .ThenByDescending(group => group.First().Length)
            .Take(MostGroups)
            .Select(group => new ThreadGroup(group.Count(), group.First())),
    ];

    /// <summary>Exceptions of threads that have not caught them yet.</summary>
    public ImmutableArray<DumpedException> Exceptions() =>
    [
        .. runtime.Threads
            .Where(thread => thread is { IsAlive: true, CurrentException: not null })
            .Select(thread => Describe(thread.CurrentException!, (int)thread.OSThreadId, 0)),
    ];

    private DumpedException Describe(ClrException exception, int thread, int depth) => new(
        exception.Type?.Name is { } type ? DumpTypeName.Readable(type) : "(unknown type)",
        withValues && exception.Message is { Length: > 0 } message ? message[..Math.Min(message.Length, LongestMessage)] : null,
        thread,
        Frames(exception.StackTrace),
        depth < DeepestException && exception.Inner is { } inner ? Describe(inner, thread, depth + 1) : null);

    // Frames of the runtime itself have no method.
    private static ImmutableArray<string> Frames(IEnumerable<ClrStackFrame> frames) =>
        [.. frames.Where(frame => frame.Method is not null).Take(MostFrames).Select(frame => DumpMethodName.Of(frame.Method!))];
}
