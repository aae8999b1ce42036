using System.Runtime.InteropServices;
using Memtrace.Events;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.Nettrace;
using Memtrace.Profiles;
using Memtrace.Reading;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>
/// Reads the first heap walk of a stream of events. Objects and references go to a builder as they arrive; what needs names waits. Not thread-safe.
/// </summary>
/// <param name="content">What to read of it.</param>
/// <param name="facts">Receives the other events that this tool understands, and which methods to name.</param>
/// <param name="progress">Receives the progress.</param>
internal sealed class HeapEventReader(HeapContent content, WalkFacts facts, HeapProgress progress) : INettraceVisitor, IDisposable
{
    /// <summary>A few types have no names, such as those of dynamic methods.</summary>
    private const double MostNameless = 0.1;

    private readonly EventDispatcher _facts = new(facts);
    private readonly HeapGraphReader _items = new();
    private readonly Dictionary<ulong, int> _typeNumbers = [];
    private readonly List<ReportedType> _types = [];
    private readonly List<ReportedStatic> _statics = [];
    private readonly List<StackReference> _stacks = [];

    // When its buffer is full, a session drops large events and still takes small ones, such as that of the end of the walk. Only the number of the thread's next event,
    // which may come after the walk, shows that something is missing.
    private readonly HashSet<ulong> _threads = [];

    private HeapGraphBuilder? _builder;
    private TraceObject? _trace;
    private long _alignment = sizeof(ulong);
    private WalkState _state;
    private long _padding;
    private int _collection;
    private double _startedAt;
    private EventCount _objects, _references, _roots, _dependents;
    private bool _isDropped;
    private ulong _lastTypeId;
    private int _lastType = -1;

    private enum WalkState
    {
        Before,
        UnderWay,
        Over,
    }

    /// <summary>Why the heap is incomplete, or null.</summary>
    public HeapDefect? Defect => _state switch
    {
        WalkState.Before => HeapDefect.NoWalk,
        _ when _isDropped => HeapDefect.EventsDropped,
        WalkState.UnderWay => HeapDefect.NotEnded,
        _ when content == HeapContent.Graph && _builder!.AnnouncedReferences != _builder.ReferenceCount => HeapDefect.EventsDropped,
        _ when content == HeapContent.Graph && _roots.Items == 0 => HeapDefect.NoRoots,
        _ when _types.Count(type => type.Name.Length == 0) > MostNameless * _types.Count => HeapDefect.NoTypeNames,
        _ => null,
    };

    /// <summary>What was read. Valid until this is disposed.</summary>
    /// <exception cref="InvalidOperationException">There was no walk.</exception>
    public WalkedHeap Result => _state == WalkState.Over
        ? new WalkedHeap(_builder!, [.. _types], _typeNumbers, [.. _statics], [.. _stacks], _trace!.StartedAt.AddSeconds(_startedAt), _collection, _padding)
        : throw new InvalidOperationException("There was no heap walk.");

    private bool IsUnderWay => _state == WalkState.UnderWay;

    /// <inheritdoc/>
    public void Begin(TraceObject trace)
    {
        _trace = trace;
        _builder = new HeapGraphBuilder(trace.PointerSize);
        _alignment = trace.PointerSize;
        facts.Begin(new RecordingHeader(trace.StartedAt, trace.ProcessId, trace.ProcessorCount, trace.PointerSize));
    }

    /// <inheritdoc/>
    public object? Subscribe(EventType type)
    {
        var fact = _facts.Find(type.Kind);
        return type.Kind.Provider != Providers.Runtime ? fact : type.Kind.EventId switch
        {
            CollectionStart.Id => Both(Start, fact!),
            CollectionEnd.Id => Both(End, fact!),
            HeapObject.Id => (EventReceiver)AddObjects,
            HeapTypes.Id => (EventReceiver)AddTypes,
            _ when content == HeapContent.Histogram => fact,
            HeapReference.Id => (EventReceiver)AddReferences,
            RootReference.Id => (EventReceiver)AddRoots,
            DependentReference.Id => (EventReceiver)AddDependents,
            StaticRoots.Id => (EventReceiver)AddStatics,
            _ => fact,
        };
    }

    /// <inheritdoc/>
    public void Visit(in NettraceEvent data)
    {
        ((EventReceiver)data.Subscription)(RecordedEvent.Of(data, _trace!));
        if (IsUnderWay)
            _threads.Add(data.ThreadId);
    }

    /// <inheritdoc/>
    public void Missing(ulong thread) => _isDropped |= IsUnderWay || (_state == WalkState.Over && _threads.Contains(thread));

    /// <inheritdoc/>
    public void Dispose() => _builder?.Dispose();

    private static EventReceiver Both(EventReceiver first, EventReceiver second) => (in RecordedEvent data) =>
    {
        first(data);
        second(data);
    };

    // Other collections that were asked for have no walk.
    private void Start(in RecordedEvent data)
    {
        if (_state == WalkState.Over || CollectionStart.Read(data) is not { Generation: 2, Kind: CollectionKind.Blocking } start || start.Reason != (int)CollectionReason.Induced)
            return;
        (_state, _collection, _startedAt) = (WalkState.UnderWay, start.Number, start.Seconds);
    }

    private void End(in RecordedEvent data)
    {
        if (IsUnderWay && CollectionEnd.Read(data).Number == _collection)
            _state = _objects.Items > 0 ? WalkState.Over : WalkState.Before;
    }

    private void AddObjects(in RecordedEvent data)
    {
        if (!IsUnderWay || !Follows(ref _objects, _items.Objects.Read(data), out var objects))
            return;
        var (bytes, most) = (0L, content == HeapContent.Graph ? int.MaxValue : 0);
        foreach (ref readonly var item in objects)
        {
            // The runtime leaves out the padding after arrays and strings.
            var size = (item.Size + _alignment - 1) & -_alignment;
            _builder!.AddObject(item.Address, size, TypeOf(item.TypeId), (int)Math.Min(item.References, most));
            bytes += size;
            _padding += size - item.Size;
        }

        progress.Add(objects.Length, bytes);
    }

    private void AddReferences(in RecordedEvent data)
    {
        if (!IsUnderWay || !Follows(ref _references, _items.References.Read(data), out var references))
            return;
        foreach (ref readonly var item in references)
            _builder!.AddReference(item.Target);
    }

    private void AddRoots(in RecordedEvent data)
    {
        if (!IsUnderWay || !Follows(ref _roots, _items.Roots.Read(data), out var roots))
            return;
        foreach (ref readonly var item in roots)
            AddRoot(item);
    }

    private void AddRoot(in RootReference root)
    {
        if (root.Target == 0)
            return;
        if (root.Flags.HasFlag(RootReferenceFlags.Weak))
            _builder!.AddWeakHandle(root.Target);
        else if (root.Kind == RootReferenceKind.Stack)
            AddStack(root);
        else
            _builder!.AddRoot(KindOf(root), root.Target, root.Flags.HasFlag(RootReferenceFlags.ReferenceCounted) ? "(reference-counted)" : null);
    }

    private void AddStack(in RootReference root)
    {
        _stacks.Add(new StackReference(root.Target, root.RootId));
        if (root.RootId != 0)
            facts.Names.Want(root.RootId);
    }

    private static HeapRootKind KindOf(in RootReference root) => root.Kind switch
    {
        RootReferenceKind.Finalizer => HeapRootKind.Finalizer,
        RootReferenceKind.Handle when root.Flags.HasFlag(RootReferenceFlags.Pinning) => HeapRootKind.PinnedHandle,
        RootReferenceKind.Handle => HeapRootKind.Handle,
        _ => HeapRootKind.Other,
    };

    private void AddDependents(in RecordedEvent data)
    {
        if (!IsUnderWay || !Follows(ref _dependents, _items.Dependents.Read(data), out var dependents))
            return;
        foreach (ref readonly var item in dependents)
            _builder!.AddDependent(item.Key, item.Value);
    }

    private void AddStatics(in RecordedEvent data)
    {
        if (!IsUnderWay)
            return;
        var statics = new StaticRoots(data);
        while (statics.Read())
            _statics.Add(new ReportedStatic(statics.Field.ToString(), statics.Slot, statics.Target, TypeOf(statics.TypeId)));
    }

    // A type is reported once, before or after the objects that have it.
    private void AddTypes(in RecordedEvent data)
    {
        if (_state == WalkState.Over)
            return;
        var types = new HeapTypes(data);
        while (types.Read())
            _types[TypeOf(types.TypeId)] = Reported(types);
    }

    private static ReportedType Reported(in HeapTypes type) => new(type.Name.ToString(), type.ModuleId)
    {
        Token = type.Token,
        ArrayRank = type.ArrayRank,
        ArgumentIds = type.Arguments,
    };

    /// <summary>Most objects have the type of the one before.</summary>
    private int TypeOf(ulong id)
    {
        if (id == _lastTypeId && _lastType >= 0)
            return _lastType;
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_typeNumbers, id, out var isKnown);
        if (!isKnown)
        {
            number = _types.Count;
            _types.Add(ReportedType.Nameless);
        }

        (_lastTypeId, _lastType) = (id, number);
        return number;
    }

    private bool Follows<T>(ref EventCount count, HeapItems<T> items, out ReadOnlySpan<T> all)
    {
        all = items.Items;
        _isDropped |= items.Index != count.Events || items.IsIncomplete;
        count = new EventCount(count.Events + 1, count.Items + all.Length);
        return !_isDropped;
    }

    /// <summary>How many events of one kind have arrived.</summary>
    private readonly record struct EventCount(uint Events, long Items);
}
