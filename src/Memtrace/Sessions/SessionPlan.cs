using System.Collections.Immutable;
using System.Diagnostics.Tracing;
using Memtrace.Events;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Sessions;

/// <summary>
/// The configurations of the sessions that a recording opens. Keywords: dotnet/runtime src/coreclr/vm/ClrEtwAll.man; why these:
/// docs/recording-format.md.
/// </summary>
internal static class SessionPlan
{
    private const long GcKeyword = 0x1;
    private const long LoaderKeyword = 0x8;
    private const long SurvivalAndMovementKeyword = 0x400000;
    private const long HeapCollectKeyword = 0x800000;

    /// <summary>What is on the heap, and the names of its types: heap dump, types, type names.</summary>
    private const long HeapGraphKeywords = 0x1180000;
    private const long AllocationSamplingKeyword = 0x80000000000;

    /// <summary>Loader, JIT, NGen, IL-to-native maps.</summary>
    private const long SymbolKeywords = 0x20038;

    /// <summary>Makes the runtime report precompiled methods when they are first used (R2RGetEntryPoint).</summary>
    private const long CompilationDiagnosticKeyword = 0x2000000000;

    /// <summary>The same without maps.</summary>
    private const long NameKeywords = 0x38;
    private const int SymbolBufferMB = 64;
    private const int CollectionBufferMB = 16;

    /// <summary>The data session: collections, heap figures, allocations.</summary>
    /// <param name="request">What to request.</param>
    public static EventPipeSessionConfiguration Data(DataRequest request)
    {
        var keywords = GcKeyword | (request.Survival ? SurvivalAndMovementKeyword : 0);
        if (request.Sampling is SamplingChoice.Randomized or SamplingChoice.Auto)
            keywords |= AllocationSamplingKeyword;

        // Ticks need the Verbose level, which also costs an event for each finalized and each pinned object. If the version is unknown, both are
        // requested: an old runtime ignores the keyword, a new one sends no ticks while it samples.
        var level = request.Sampling is SamplingChoice.Tick or SamplingChoice.Auto ? EventLevel.Verbose : EventLevel.Informational;
        return new EventPipeSessionConfiguration(
            [new EventPipeProvider(Providers.Runtime, level, keywords)], request.BufferSizeMB, rundownKeyword: 0, requestStackwalk: request.Stacks);
    }

    /// <summary>The symbol session: modules and methods as they are loaded.</summary>
    public static EventPipeSessionConfiguration Symbols() => new(
        [new EventPipeProvider(Providers.Runtime, EventLevel.Verbose, SymbolKeywords | CompilationDiagnosticKeyword)],
        SymbolBufferMB,
        rundownKeyword: 0,
        requestStackwalk: false);

    /// <summary>The rundown session: existing modules and methods and the GC settings, which the runtime sends when a session stops, and almost nothing else.</summary>
    public static EventPipeSessionConfiguration Rundown() => Critical(LoaderKeyword, SymbolKeywords | GcKeyword);

    /// <summary>One full, blocking collection, which the runtime does before it confirms the session.</summary>
    public static EventPipeSessionConfiguration InducedCollection() => Critical(HeapCollectKeyword);

    /// <summary>A session of which nothing but its end matters.</summary>
    public static EventPipeSessionConfiguration Nothing() => Critical(LoaderKeyword);

    /// <summary>The heap walk of the next <see cref="InducedCollection"/>; at its end the names of loaded modules and methods, to name what holds objects.</summary>
    /// <param name="bufferSizeMB">The runtime's buffer, which it allocates on demand.</param>
    public static EventPipeSessionConfiguration HeapGraph(int bufferSizeMB) => HeapGraph(bufferSizeMB, GcKeyword | HeapGraphKeywords);

    /// <summary>The same for a session that filters by <see cref="HeapGraphEvents"/> or fewer, with the ranges of the generations.</summary>
    /// <param name="bufferSizeMB">The runtime's buffer, which it allocates on demand.</param>
    public static EventPipeSessionConfiguration FilteredHeapGraph(int bufferSizeMB) =>
        HeapGraph(bufferSizeMB, GcKeyword | HeapGraphKeywords | SurvivalAndMovementKeyword);

    /// <summary>The same with the collection, which the runtime does before it responds: all events wait in its buffer.</summary>
    /// <param name="bufferSizeMB">The runtime's buffer.</param>
    public static EventPipeSessionConfiguration CollectedHeapGraph(int bufferSizeMB) => HeapGraph(bufferSizeMB, GcKeyword | HeapGraphKeywords | HeapCollectKeyword);

    /// <summary>The events of a heap histogram, and those of the collection before it.</summary>
    public static ImmutableArray<int> HeapHistogramEvents { get; } =
    [
        CollectionStart.Id, CollectionEnd.Id, Restart.EndId, SuspensionBegin.Id, HeapStatistics.Id, CommittedUsage.Id, HeapHistory.Id, GenerationRange.Id,
        HeapTypes.Id, HeapObject.Id,
    ];

    /// <summary>The events of a heap graph.</summary>
    public static ImmutableArray<int> HeapGraphEvents { get; } =
    [
        .. HeapHistogramEvents, RootReference.Id, DependentReference.Id, HeapReference.Id, StaticRoots.Id,
    ];

    /// <summary>The GC's events, without inducing a collection.</summary>
    public static EventPipeSessionConfiguration Collections() => new(
        [new EventPipeProvider(Providers.Runtime, EventLevel.Informational, GcKeyword)],
        CollectionBufferMB,
        rundownKeyword: 0,
        requestStackwalk: false);

    /// <summary>
    /// The configuration for a runtime before .NET 9, which supports neither rundown keywords nor sessions without stacks
    /// (dotnet/diagnostics, documentation/design-docs/ipc-protocol.md: CollectTracing2, 3 and 4). It sends more than requested.
    /// </summary>
    /// <returns>Null if an old runtime supports the plan as it is.</returns>
    public static EventPipeSessionConfiguration? BeforeNet9(EventPipeSessionConfiguration plan) => plan is { RequestStackwalk: true, RundownKeyword: 0 }
        ? null
        : new EventPipeSessionConfiguration(plan.Providers, plan.CircularBufferSizeInMB, requestRundown: plan.RundownKeyword != 0, requestStackwalk: true);

    /// <summary>The events to request from a runtime of this version.</summary>
    /// <param name="choice">The user's choice.</param>
    /// <param name="runtimeMajor">The runtime's major version; null if unknown.</param>
    public static SamplingChoice Resolve(SamplingChoice choice, int? runtimeMajor) => choice switch
    {
        SamplingChoice.Auto when runtimeMajor >= 10 => SamplingChoice.Randomized,
        SamplingChoice.Auto when runtimeMajor is not null => SamplingChoice.Tick,
        _ => choice,
    };

    /// <summary>A session at whose level the runtime sends next to nothing before it ends.</summary>
    private static EventPipeSessionConfiguration Critical(long keywords, long rundownKeyword = 0) => new(
        [new EventPipeProvider(Providers.Runtime, EventLevel.Critical, keywords)], SymbolBufferMB, rundownKeyword, requestStackwalk: false);

    private static EventPipeSessionConfiguration HeapGraph(int bufferSizeMB, long keywords) => new(
        [new EventPipeProvider(Providers.Runtime, EventLevel.Informational, keywords)],
        bufferSizeMB,
        rundownKeyword: NameKeywords,
        requestStackwalk: false);
}
