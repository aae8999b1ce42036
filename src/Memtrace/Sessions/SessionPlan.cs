using System.Collections.Immutable;
using System.Diagnostics.Tracing;
using Memtrace.Events;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Sessions;

/// <summary>
/// The sessions that a recording opens, and what each asks the runtime for. Keywords: dotnet/runtime
/// src/coreclr/vm/ClrEtwAll.man; why these: docs/recording-format.md.
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

    /// <summary>With it the runtime says which precompiled methods are used as they are used (R2RGetEntryPoint).</summary>
    private const long CompilationDiagnosticKeyword = 0x2000000000;

    /// <summary>The same without maps.</summary>
    private const long NameKeywords = 0x38;
    private const int SymbolBufferMB = 64;
    private const int CollectionBufferMB = 16;

    /// <summary>What the recording rests on: collections, heap figures, allocations.</summary>
    /// <param name="sampling">Resolved for the target's runtime; <see cref="SamplingChoice.Auto"/> means that the runtime's version is unknown.</param>
    /// <param name="live">Whether survivals and moves are asked for.</param>
    /// <param name="stacks">Whether events carry call stacks.</param>
    /// <param name="bufferSizeMB">The runtime's buffer.</param>
    public static EventPipeSessionConfiguration Data(SamplingChoice sampling, bool live, bool stacks, int bufferSizeMB)
    {
        var keywords = GcKeyword | (live ? SurvivalAndMovementKeyword : 0);
        if (sampling is SamplingChoice.Randomized or SamplingChoice.Auto)
            keywords |= AllocationSamplingKeyword;

        // Ticks come at Verbose only, at the price of an event for each finalized and each pinned object. Without a known version both are asked
        // for: an old runtime ignores the keyword, a new one sends no ticks while it samples.
        var level = sampling is SamplingChoice.Tick or SamplingChoice.Auto ? EventLevel.Verbose : EventLevel.Informational;
        return new EventPipeSessionConfiguration(
            [new EventPipeProvider(Providers.Runtime, level, keywords)], bufferSizeMB, rundownKeyword: 0, requestStackwalk: stacks);
    }

    /// <summary>Modules and methods from now on.</summary>
    public static EventPipeSessionConfiguration Symbols() => new(
        [new EventPipeProvider(Providers.Runtime, EventLevel.Verbose, SymbolKeywords | CompilationDiagnosticKeyword)],
        SymbolBufferMB,
        rundownKeyword: 0,
        requestStackwalk: false);

    /// <summary>Modules and methods that are there already, and the GC's settings: the runtime sends them when a session stops. Asks for next to nothing else.</summary>
    public static EventPipeSessionConfiguration Rundown() => new(
        [new EventPipeProvider(Providers.Runtime, EventLevel.Critical, LoaderKeyword)],
        SymbolBufferMB,
        rundownKeyword: SymbolKeywords | GcKeyword,
        requestStackwalk: false);

    /// <summary>One full, blocking collection: the runtime does it before it answers that the session runs.</summary>
    public static EventPipeSessionConfiguration InducedCollection() => new(
        [new EventPipeProvider(Providers.Runtime, EventLevel.Critical, HeapCollectKeyword)],
        SymbolBufferMB,
        rundownKeyword: 0,
        requestStackwalk: false);

    /// <summary>What is on the heap. It comes with the next <see cref="InducedCollection"/>.</summary>
    /// <param name="bufferSizeMB">The runtime's buffer, which it allocates as it is needed.</param>
    public static EventPipeSessionConfiguration HeapGraph(int bufferSizeMB) => HeapGraph(bufferSizeMB, GcKeyword | HeapGraphKeywords);

    /// <summary>The same in a session that lets <see cref="HeapGraphEvents"/> or less through, and with where the generations are.</summary>
    /// <param name="bufferSizeMB">The runtime's buffer, which it allocates as it is needed.</param>
    public static EventPipeSessionConfiguration FilteredHeapGraph(int bufferSizeMB) =>
        HeapGraph(bufferSizeMB, GcKeyword | HeapGraphKeywords | SurvivalAndMovementKeyword);

    /// <summary>The same with a collection, which comes before the answer: all events wait in the runtime's buffer.</summary>
    /// <param name="bufferSizeMB">The runtime's buffer.</param>
    public static EventPipeSessionConfiguration CollectedHeapGraph(int bufferSizeMB) => HeapGraph(bufferSizeMB, GcKeyword | HeapGraphKeywords | HeapCollectKeyword);

    /// <summary>The events that a histogram of the heap is made of, and what the GC says of the collection before it.</summary>
    public static ImmutableArray<int> HeapHistogramEvents { get; } =
    [
        CollectionStart.Id, CollectionEnd.Id, Restart.EndId, SuspensionBegin.Id, HeapStatistics.Id, CommittedUsage.Id, HeapHistory.Id, GenerationRange.Id,
        HeapTypes.Id, HeapObject.Id,
    ];

    /// <summary>The events that a graph of the heap is made of.</summary>
    public static ImmutableArray<int> HeapGraphEvents { get; } =
    [
        .. HeapHistogramEvents, RootReference.Id, DependentReference.Id, HeapReference.Id, StaticRoots.Id,
    ];

    /// <summary>The names of modules and methods that are there, for what holds objects.</summary>
    public static EventPipeSessionConfiguration Names() => new(
        [new EventPipeProvider(Providers.Runtime, EventLevel.Critical, LoaderKeyword)],
        SymbolBufferMB,
        rundownKeyword: NameKeywords,
        requestStackwalk: false);

    /// <summary>The same with what the GC says about it.</summary>
    public static EventPipeSessionConfiguration ObservedCollection() => Collections(GcKeyword | HeapCollectKeyword);

    /// <summary>What the GC says about its collections, without one that is asked for.</summary>
    public static EventPipeSessionConfiguration Collections() => Collections(GcKeyword);

    /// <summary>
    /// The same for a runtime before .NET 9, which knows neither a choice of rundown nor a session without stacks
    /// (dotnet/diagnostics, documentation/design-docs/ipc-protocol.md: CollectTracing2, 3 and 4). It sends more than is asked for.
    /// </summary>
    /// <returns>Null if there is nothing that it would not know.</returns>
    public static EventPipeSessionConfiguration? BeforeNet9(EventPipeSessionConfiguration plan) => plan is { RequestStackwalk: true, RundownKeyword: 0 }
        ? null
        : new EventPipeSessionConfiguration(plan.Providers, plan.CircularBufferSizeInMB, requestRundown: plan.RundownKeyword != 0, requestStackwalk: true);

    /// <summary>The events that a runtime of this version is asked for.</summary>
    /// <param name="choice">The user's choice.</param>
    /// <param name="runtimeMajor">The runtime's major version; 0 where unknown.</param>
    public static SamplingChoice Resolve(SamplingChoice choice, int runtimeMajor) => choice switch
    {
        SamplingChoice.Auto when runtimeMajor >= 10 => SamplingChoice.Randomized,
        SamplingChoice.Auto when runtimeMajor > 0 => SamplingChoice.Tick,
        _ => choice,
    };

    private static EventPipeSessionConfiguration HeapGraph(int bufferSizeMB, long keywords) => new(
        [new EventPipeProvider(Providers.Runtime, EventLevel.Informational, keywords)],
        bufferSizeMB,
        rundownKeyword: 0,
        requestStackwalk: false);

    private static EventPipeSessionConfiguration Collections(long keywords) => new(
        [new EventPipeProvider(Providers.Runtime, EventLevel.Informational, keywords)],
        CollectionBufferMB,
        rundownKeyword: 0,
        requestStackwalk: false);
}
