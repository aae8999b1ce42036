using System.Diagnostics.CodeAnalysis;
using Memtrace.Events;
using Memtrace.Nettrace;
using Memtrace.Profiles;

namespace Memtrace.Reading;

/// <summary>
/// The table of all events that this tool understands: decodes them and passes them to a visitor. <see cref="RecordingVisitor.Begin"/>,
/// <see cref="RecordingVisitor.Happened"/>, <see cref="RecordingVisitor.Rundown"/> and <see cref="RecordingVisitor.Lost"/> are left to the stream's reader.
/// Not thread-safe.
/// </summary>
internal sealed class EventDispatcher
{
    private readonly Dictionary<EventKind, EventReceiver> _receivers;

    /// <summary>Creates the table.</summary>
    /// <param name="visitor">Receives the events.</param>
    public EventDispatcher(RecordingVisitor visitor) => _receivers = Receivers(visitor, new SurvivalReader(), new MethodMapReader());

    private delegate T Read<T>(in RecordedEvent data)
        where T : allows ref struct;

    private delegate bool TryRead<T>(in RecordedEvent data, [MaybeNullWhen(false)] out T value)
        where T : allows ref struct;

    private delegate void Show<T>(in T value)
        where T : allows ref struct;

    /// <summary>Events dropped because of impossible figures.</summary>
    public long Impossible { get; private set; }

    /// <summary>The receiver that decodes an event type and passes it to the visitor; null for events that this tool does not use.</summary>
    /// <param name="kind">The event type.</param>
    public EventReceiver? Find(EventKind kind) => _receivers.GetValueOrDefault(kind);

    private Dictionary<EventKind, EventReceiver> Receivers(RecordingVisitor visitor, SurvivalReader survival, MethodMapReader maps) => new()
    {
        [new(Providers.Runtime, AllocationEvent.TickId)] = Checked<AllocationEvent>(AllocationEvent.ReadTick, visitor.Visit),
        [new(Providers.Runtime, AllocationEvent.SampledId)] = Checked<AllocationEvent>(AllocationEvent.TryReadSampled, visitor.Visit),

        [new(Providers.Runtime, CollectionTrigger.Id)] = To<CollectionTrigger>(CollectionTrigger.Read, visitor.Visit),
        [new(Providers.Runtime, CollectionStart.Id)] = Checked<CollectionStart>(CollectionStart.Read, visitor.Visit),
        [new(Providers.Runtime, CollectionEnd.Id)] = Checked<CollectionEnd>(CollectionEnd.Read, visitor.Visit),
        [new(Providers.Runtime, FinalizersEnd.Id)] = To<FinalizersEnd>(FinalizersEnd.Read, visitor.Visit),

        [new(Providers.Runtime, SuspensionBegin.Id)] = To<SuspensionBegin>(SuspensionBegin.Read, visitor.Visit),
        [new(Providers.Runtime, Restart.BeginId)] = (in RecordedEvent data) => visitor.Resuming(data.Seconds),
        [new(Providers.Runtime, Restart.EndId)] = (in RecordedEvent data) => visitor.Resumed(data.Seconds),

        [new(Providers.Runtime, HeapStatistics.Id)] = Checked<HeapStatistics>(HeapStatistics.TryRead, visitor.Visit),
        [new(Providers.Runtime, CommittedUsage.Id)] = Checked<CommittedUsage>(CommittedUsage.TryRead, visitor.Visit),
        [new(Providers.Runtime, HeapHistory.Id)] = Checked<HeapHistory>(HeapHistory.TryRead, visitor.Visit),
        [new(Providers.Runtime, CollectorHistory.Id)] = Checked<CollectorHistory>(CollectorHistory.Read, visitor.Visit),
        [new(Providers.Rundown, CollectorSettings.Id)] = Checked<CollectorSettings>(CollectorSettings.TryRead, visitor.Visit),

        [new(Providers.Runtime, SurvivingRanges.Id)] = To<SurvivingRanges>(survival.ReadSurviving, visitor.Visit),
        [new(Providers.Runtime, MovedRanges.Id)] = To<MovedRanges>(survival.ReadMoved, visitor.Visit),
        [new(Providers.Runtime, GenerationRange.Id)] = Checked<GenerationRange>(GenerationRange.TryRead, visitor.Visit),
        [new(Providers.Runtime, MarkedRoots.Id)] = To<MarkedRoots>(MarkedRoots.Read, visitor.Visit),

        [new(Providers.Runtime, MethodCode.LoadId)] = To<MethodCode>(MethodCode.Read, visitor.Loaded),
        [new(Providers.Runtime, MethodCode.UnloadId)] = To<MethodCode>(MethodCode.Read, visitor.Unloaded),
        [new(Providers.Rundown, MethodCode.RundownStartId)] = To<MethodCode>(MethodCode.Read, visitor.Loaded),
        [new(Providers.Rundown, MethodCode.RundownEndId)] = To<MethodCode>(MethodCode.Read, visitor.Loaded),
        [new(Providers.Runtime, MethodMap.Id)] = To<MethodMap>(maps.TryRead, visitor.Visit),
        [new(Providers.Rundown, MethodMap.RundownStartId)] = To<MethodMap>(maps.TryRead, visitor.Visit),
        [new(Providers.Rundown, MethodMap.RundownEndId)] = To<MethodMap>(maps.TryRead, visitor.Visit),
        [new(Providers.Runtime, PrecompiledEntry.Id)] = To<PrecompiledEntry>(PrecompiledEntry.Read, visitor.Visit),
        [new(Providers.Runtime, ModuleCode.LoadId)] = To<ModuleCode>(ModuleCode.Read, visitor.Visit),
        [new(Providers.Runtime, ModuleCode.UnloadId)] = To<ModuleCode>(ModuleCode.Read, visitor.Unloaded),
        [new(Providers.Rundown, ModuleCode.RundownStartId)] = To<ModuleCode>(ModuleCode.Read, visitor.Visit),
        [new(Providers.Rundown, ModuleCode.RundownEndId)] = To<ModuleCode>(ModuleCode.Read, visitor.Visit),

        [new(Providers.Runtime, RuntimeFacts.Id)] = To<RuntimeFacts>(RuntimeFacts.TryRead, visitor.Visit),
        [new(Providers.Rundown, RuntimeFacts.Id)] = To<RuntimeFacts>(RuntimeFacts.TryRead, visitor.Visit),
        [new(Providers.EventPipe, ProcessFacts.Id)] = To<ProcessFacts>(ProcessFacts.Read, visitor.Visit),

        [new(Providers.Recorder, (int)RecorderEvent.Process)] = To<RecordedProcess>(RecordedProcess.Read, visitor.Visit),
        [new(Providers.Recorder, (int)RecorderEvent.ProcessMemory)] = Checked<ProcessMemorySample>(ProcessMemorySample.TryRead, visitor.Visit),
        [new(Providers.Recorder, (int)RecorderEvent.ContainerMemory)] = Checked<ContainerMemorySample>(ContainerMemorySample.TryRead, visitor.Visit),
        [new(Providers.Recorder, (int)RecorderEvent.MachineMemory)] = Checked<MachineMemorySample>(MachineMemorySample.TryRead, visitor.Visit),
        [new(Providers.Recorder, (int)RecorderEvent.SurvivalStopped)] = Checked<SurvivalStop>(SurvivalStop.Read, visitor.Visit),
        [new(Providers.Recorder, (int)RecorderEvent.End)] = To<EndEvent>(EndEvent.Read, visitor.Visit),
        [new(Providers.Recorder, (int)RecorderEvent.BreakdownDropped)] = To<BreakdownDrop>(BreakdownDrop.Read, visitor.Visit),
        [new(Providers.Recorder, (int)RecorderEvent.Breakdown)] = To<MemoryBreakdown>(BreakdownEvent.TryRead, (in MemoryBreakdown breakdown) => Visit(visitor, breakdown)),
    };

    private static EventReceiver To<T>(Read<T> read, Show<T> show)
        where T : allows ref struct => (in RecordedEvent data) => show(read(data));

    private static EventReceiver To<T>(TryRead<T> tryRead, Show<T> show)
        where T : allows ref struct => (in RecordedEvent data) =>
    {
        if (tryRead(data, out var value))
            show(value);
    };

    private EventReceiver Checked<T>(Read<T> read, Show<T> show)
        where T : IBounded, allows ref struct => (in RecordedEvent data) => Check(read(data), show);

    private EventReceiver Checked<T>(TryRead<T> tryRead, Show<T> show)
        where T : IBounded, allows ref struct => (in RecordedEvent data) =>
    {
        if (tryRead(data, out var value))
            Check(value, show);
    };

    private void Check<T>(in T value, Show<T> show)
        where T : IBounded, allows ref struct
    {
        if (value.IsPossible)
            show(value);
        else
            Impossible++;
    }

    private void Visit(RecordingVisitor visitor, MemoryBreakdown breakdown)
    {
        if (BreakdownEvent.IsPossible(breakdown))
            visitor.Visit(breakdown);
        else
            Impossible++;
    }
}
