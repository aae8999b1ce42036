using System.Diagnostics.CodeAnalysis;
using Memtrace.Events;
using Memtrace.Profiles;

namespace Memtrace.Reading;

/// <summary>
/// The table of all events that this tool understands: reads them and passes them to a visitor. It does not call <see cref="RecordingVisitor.Begin"/>,
/// <see cref="RecordingVisitor.Happened"/>, <see cref="RecordingVisitor.Rundown"/> and <see cref="RecordingVisitor.Lost"/>; the reader of the stream does.
/// Not thread-safe.
/// </summary>
/// <param name="visitor">Receives the events.</param>
internal sealed class EventDispatcher(RecordingVisitor visitor)
{
    private readonly Dictionary<(string Provider, int EventId), EventReceiver> _receivers = Receivers(visitor, new SurvivalReader(), new MethodMapReader());

    private delegate T Read<T>(in RecordedEvent data)
        where T : allows ref struct;

    private delegate bool TryRead<T>(in RecordedEvent data, [MaybeNullWhen(false)] out T value)
        where T : allows ref struct;

    private delegate void Show<T>(in T value)
        where T : allows ref struct;

    /// <summary>Finds what reads the events of one kind and passes them to the visitor; null for events that this tool does not use.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="eventId">The event's id within its provider.</param>
    public EventReceiver? Find(string provider, int eventId) => _receivers.GetValueOrDefault((provider, eventId));

    private static Dictionary<(string Provider, int EventId), EventReceiver> Receivers(RecordingVisitor visitor, SurvivalReader survival, MethodMapReader maps) => new()
    {
        [(Providers.Runtime, AllocationEvent.TickId)] = To<AllocationEvent>(AllocationEvent.ReadTick, visitor.Visit),
        [(Providers.Runtime, AllocationEvent.SampledId)] = To<AllocationEvent>(AllocationEvent.TryReadSampled, visitor.Visit),

        [(Providers.Runtime, CollectionTrigger.Id)] = To<CollectionTrigger>(CollectionTrigger.Read, visitor.Visit),
        [(Providers.Runtime, CollectionStart.Id)] = To<CollectionStart>(CollectionStart.Read, visitor.Visit),
        [(Providers.Runtime, CollectionEnd.Id)] = To<CollectionEnd>(CollectionEnd.Read, visitor.Visit),
        [(Providers.Runtime, FinalizersEnd.Id)] = To<FinalizersEnd>(FinalizersEnd.Read, visitor.Visit),

        [(Providers.Runtime, SuspensionBegin.Id)] = To<SuspensionBegin>(SuspensionBegin.Read, visitor.Visit),
        [(Providers.Runtime, Restart.BeginId)] = (in RecordedEvent data) => visitor.Resuming(data.Seconds),
        [(Providers.Runtime, Restart.EndId)] = (in RecordedEvent data) => visitor.Resumed(data.Seconds),

        [(Providers.Runtime, HeapStatistics.Id)] = To<HeapStatistics>(HeapStatistics.TryRead, visitor.Visit),
        [(Providers.Runtime, CommittedUsage.Id)] = To<CommittedUsage>(CommittedUsage.TryRead, visitor.Visit),
        [(Providers.Runtime, HeapHistory.Id)] = To<HeapHistory>(HeapHistory.TryRead, visitor.Visit),
        [(Providers.Runtime, CollectorHistory.Id)] = To<CollectorHistory>(CollectorHistory.Read, visitor.Visit),
        [(Providers.Rundown, CollectorSettings.Id)] = To<CollectorSettings>(CollectorSettings.TryRead, visitor.Visit),

        [(Providers.Runtime, SurvivingRanges.Id)] = To<SurvivingRanges>(survival.ReadSurviving, visitor.Visit),
        [(Providers.Runtime, MovedRanges.Id)] = To<MovedRanges>(survival.ReadMoved, visitor.Visit),
        [(Providers.Runtime, GenerationRange.Id)] = To<GenerationRange>(GenerationRange.TryRead, visitor.Visit),
        [(Providers.Runtime, MarkedRoots.Id)] = To<MarkedRoots>(MarkedRoots.Read, visitor.Visit),

        [(Providers.Runtime, MethodCode.LoadId)] = To<MethodCode>(MethodCode.Read, visitor.Loaded),
        [(Providers.Runtime, MethodCode.UnloadId)] = To<MethodCode>(MethodCode.Read, visitor.Unloaded),
        [(Providers.Rundown, MethodCode.RundownStartId)] = To<MethodCode>(MethodCode.Read, visitor.Loaded),
        [(Providers.Rundown, MethodCode.RundownEndId)] = To<MethodCode>(MethodCode.Read, visitor.Loaded),
        [(Providers.Runtime, MethodMap.Id)] = To<MethodMap>(maps.TryRead, visitor.Visit),
        [(Providers.Rundown, MethodMap.RundownStartId)] = To<MethodMap>(maps.TryRead, visitor.Visit),
        [(Providers.Rundown, MethodMap.RundownEndId)] = To<MethodMap>(maps.TryRead, visitor.Visit),
        [(Providers.Runtime, PrecompiledEntry.Id)] = To<PrecompiledEntry>(PrecompiledEntry.Read, visitor.Visit),
        [(Providers.Runtime, ModuleCode.LoadId)] = To<ModuleCode>(ModuleCode.Read, visitor.Visit),
        [(Providers.Rundown, ModuleCode.RundownStartId)] = To<ModuleCode>(ModuleCode.Read, visitor.Visit),
        [(Providers.Rundown, ModuleCode.RundownEndId)] = To<ModuleCode>(ModuleCode.Read, visitor.Visit),

        [(Providers.Runtime, RuntimeFacts.Id)] = To<RuntimeFacts>(RuntimeFacts.TryRead, visitor.Visit),
        [(Providers.Rundown, RuntimeFacts.Id)] = To<RuntimeFacts>(RuntimeFacts.TryRead, visitor.Visit),
        [(Providers.EventPipe, ProcessFacts.Id)] = To<ProcessFacts>(ProcessFacts.Read, visitor.Visit),

        [(Providers.Recorder, (int)RecorderEvent.Process)] = To<RecordedProcess>(RecordedProcess.Read, visitor.Visit),
        [(Providers.Recorder, (int)RecorderEvent.ProcessMemory)] = To<ProcessMemorySample>(ProcessMemorySample.TryRead, visitor.Visit),
        [(Providers.Recorder, (int)RecorderEvent.ContainerMemory)] = To<ContainerMemorySample>(ContainerMemorySample.TryRead, visitor.Visit),
        [(Providers.Recorder, (int)RecorderEvent.MachineMemory)] = To<MachineMemorySample>(MachineMemorySample.TryRead, visitor.Visit),
        [(Providers.Recorder, (int)RecorderEvent.SurvivalStopped)] = To<SurvivalStop>(SurvivalStop.Read, visitor.Visit),
        [(Providers.Recorder, (int)RecorderEvent.End)] = To<RecordingEnd>(RecordingEnd.Read, visitor.Visit),
        [(Providers.Recorder, (int)RecorderEvent.Breakdown)] = To<MemoryBreakdown>(BreakdownEvent.TryRead, (in MemoryBreakdown value) => visitor.Visit(value)),
        [(Providers.Recorder, (int)RecorderEvent.BreakdownDropped)] = To<BreakdownDrop>(BreakdownDrop.Read, visitor.Visit),
    };

    private static EventReceiver To<T>(Read<T> read, Show<T> show)
        where T : allows ref struct => (in RecordedEvent data) => show(read(data));

    private static EventReceiver To<T>(TryRead<T> tryRead, Show<T> show)
        where T : allows ref struct => (in RecordedEvent data) =>
    {
        if (tryRead(data, out var value))
            show(value);
    };
}
