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

    private delegate T Read<T>(in RecordedEvent data);

    private delegate bool TryRead<T>(in RecordedEvent data, [MaybeNullWhen(false)] out T value);

    private delegate void Show<T>(in T value);

    /// <summary>Events dropped because of impossible figures.</summary>
    public long Impossible { get; private set; }

    /// <summary>The receiver that decodes an event type and passes it to the visitor; null for events that this tool does not use.</summary>
    /// <param name="kind">The event type.</param>
    public EventReceiver? Find(EventKind kind) => _receivers.GetValueOrDefault(kind);

    // Those of ref structs are written out: type arguments can be ref structs only from .NET 9 on.
    private Dictionary<EventKind, EventReceiver> Receivers(RecordingVisitor visitor, SurvivalReader survival, MethodMapReader maps) => new()
    {
        [new(Providers.Runtime, AllocationEvent.TickId)] = (in RecordedEvent data) => Visit(visitor, AllocationEvent.ReadTick(data)),
        [new(Providers.Runtime, AllocationEvent.SampledId)] = (in RecordedEvent data) => VisitSampled(visitor, data),

        [new(Providers.Runtime, CollectionTrigger.Id)] = (in RecordedEvent data) => visitor.Visit(CollectionTrigger.Read(data)),
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

        [new(Providers.Runtime, SurvivingRanges.Id)] = (in RecordedEvent data) => visitor.Visit(survival.ReadSurviving(data)),
        [new(Providers.Runtime, MovedRanges.Id)] = (in RecordedEvent data) => visitor.Visit(survival.ReadMoved(data)),
        [new(Providers.Runtime, GenerationRange.Id)] = Checked<GenerationRange>(GenerationRange.TryRead, visitor.Visit),
        [new(Providers.Runtime, MarkedRoots.Id)] = To<MarkedRoots>(MarkedRoots.Read, visitor.Visit),

        [new(Providers.Runtime, MethodCode.LoadId)] = (in RecordedEvent data) => visitor.Loaded(MethodCode.Read(data)),
        [new(Providers.Runtime, MethodCode.UnloadId)] = (in RecordedEvent data) => visitor.Unloaded(MethodCode.Read(data)),
        [new(Providers.Rundown, MethodCode.RundownStartId)] = (in RecordedEvent data) => visitor.Loaded(MethodCode.Read(data)),
        [new(Providers.Rundown, MethodCode.RundownEndId)] = (in RecordedEvent data) => visitor.Loaded(MethodCode.Read(data)),
        [new(Providers.Runtime, MethodMap.Id)] = (in RecordedEvent data) => Visit(visitor, maps, data),
        [new(Providers.Rundown, MethodMap.RundownStartId)] = (in RecordedEvent data) => Visit(visitor, maps, data),
        [new(Providers.Rundown, MethodMap.RundownEndId)] = (in RecordedEvent data) => Visit(visitor, maps, data),
        [new(Providers.Runtime, PrecompiledEntry.Id)] = (in RecordedEvent data) => visitor.Visit(PrecompiledEntry.Read(data)),
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

    private static EventReceiver To<T>(Read<T> read, Show<T> show) => (in RecordedEvent data) => show(read(data));

    private static EventReceiver To<T>(TryRead<T> tryRead, Show<T> show) => (in RecordedEvent data) =>
    {
        if (tryRead(data, out var value))
            show(value);
    };

    private EventReceiver Checked<T>(Read<T> read, Show<T> show)
        where T : IBounded => (in RecordedEvent data) => Check(read(data), show);

    private EventReceiver Checked<T>(TryRead<T> tryRead, Show<T> show)
        where T : IBounded => (in RecordedEvent data) =>
    {
        if (tryRead(data, out var value))
            Check(value, show);
    };

    private void Check<T>(in T value, Show<T> show)
        where T : IBounded
    {
        if (value.IsPossible)
            show(value);
        else
            Impossible++;
    }

    private void VisitSampled(RecordingVisitor visitor, in RecordedEvent data)
    {
        if (AllocationEvent.TryReadSampled(data, out var allocation))
            Visit(visitor, allocation);
    }

    private void Visit(RecordingVisitor visitor, in AllocationEvent allocation)
    {
        if (allocation.IsPossible)
            visitor.Visit(allocation);
        else
            Impossible++;
    }

    private static void Visit(RecordingVisitor visitor, MethodMapReader maps, in RecordedEvent data)
    {
        if (maps.TryRead(data, out var map))
            visitor.Visit(map);
    }

    private void Visit(RecordingVisitor visitor, MemoryBreakdown breakdown)
    {
        if (BreakdownEvent.IsPossible(breakdown))
            visitor.Visit(breakdown);
        else
            Impossible++;
    }
}
