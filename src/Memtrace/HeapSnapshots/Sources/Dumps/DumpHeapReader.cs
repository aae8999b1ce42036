using System.Runtime.InteropServices;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>
/// Builds a graph of the heap in a dump. Unlike a walk by events, it sees dead objects that have not been collected yet, the class of each static field, and
/// generic statics.
/// </summary>
/// <param name="runtime">The runtime.</param>
/// <param name="memory">Its memory.</param>
/// <param name="options">How it is read.</param>
/// <param name="progress">Receives the progress.</param>
internal sealed class DumpHeapReader(ClrRuntime runtime, CoreMemory memory, DumpOptions options, HeapProgress progress) : IHeapReader
{
    private const int Step = 1 << 14;
    private const ulong LargestStack = 64 << 20;

    private readonly HeapGraphBuilder _builder = new();
    private readonly TypeNumbers _types = new();
    private readonly List<ClrType> _generic = [];
    private readonly LoadContextCensus _contexts = new(runtime, TypeNumbers.NameOf);
    private readonly RegionCensus _regions = new(runtime.Heap, TypeNumbers.NameOf);
    private readonly ContentCensus _contents = new(runtime, memory, options.WithValues, TypeNumbers.NameOf);
    private readonly GenerationCensus _generations = new();

    /// <inheritdoc/>
    public long UnreadBytes { get; private set; }

    /// <inheritdoc/>
    public HeapSnapshot Read(HeapSnapshotFacts facts, CancellationToken cancellation)
    {
        AddObjects(cancellation);
        AddStatics();
        AddHandles();
        AddStacks(cancellation);
        foreach (var root in runtime.Heap.EnumerateFinalizerRoots())
            _builder.AddRoot(HeapRootKind.Finalizer, root.Object.Address, name: null);
        foreach (var (number, type) in _types.All.Index())
            _builder.SetType(number, type.Name, type.Module);
        var graph = _builder.Build();
        try
        {
            var fields = new FieldNamer(graph, _types.Examples, runtime.DataTarget.DataReader) { WithStructs = !options.IsCautious }.Find();
            return new HeapSnapshot(graph.With(fields), facts with { Dump = DumpFacts() });
        }
        catch
        {
            graph.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _contents.Dispose();
        _builder.Dispose();
    }

    private DumpFacts DumpFacts()
    {
        var threads = new DumpThreads(runtime, options.WithValues);
        return _contents.AddTo(new DumpFacts
        {
            Exceptions = threads.Exceptions(),
            ThreadCount = runtime.Threads.Count(thread => thread.IsAlive),
            Threads = threads.Groups(),
            LoadContexts = _contexts.Result(),
            ServerHeaps = runtime.Heap.IsServer ? runtime.Heap.SubHeaps.Length : null,
            Heap = _generations.Result,
            Regions = _regions.Result(),
        });
    }

    private void AddObjects(CancellationToken cancellation)
    {
        var count = 0;
        var walk = new ObjectWalk(new LayoutTable(runtime.Heap, memory, Known), memory, ObjectWalk.ReservedBy(runtime.Heap));
        foreach (var segment in runtime.Heap.Segments.OrderBy(segment => segment.Start))
        {
            _generations.Add(segment);
            var region = _regions.Of(segment);
            walk.Begin(segment);
            while (walk.MoveNext())
            {
                if (walk.Layout.IsFree)
                {
                    _generations.AddGap(segment, walk.Address, walk.Size);
                    region.AddGap(walk.Size);
                    continue;
                }

                _generations.AddObject(segment, walk.Address, walk.Size);
                region.AddObject(walk.Size);
                AddObject(walk, walk.Layout.Type);
                if (++count % Step != 0)
                    continue;
                cancellation.ThrowIfCancellationRequested();
                progress.Add(Step, 0);
            }
        }

        UnreadBytes = walk.UnreadBytes;
    }

    private void AddObject(ObjectWalk item, DumpedType type)
    {
        _builder.AddObject(item.Address, item.Size, type.Number, item.ReadReferences());
        type.Loaded?.Add(item.Size);
        type.Contents?.Add(item.Address, item.Size);
    }

    private DumpedType Known(ClrType type) => new(NumberOf(type), _contexts.Of(type), _contexts.ContextsOf(type) ?? _contents.Of(type));

    private int NumberOf(ClrType type)
    {
        if (type.Name?.Contains('<') == true)
            _generic.Add(type);
        return _types.Of(type);
    }

    private void AddStatics()
    {
        foreach (var module in runtime.EnumerateModules())
        {
            foreach (var type in module.EnumerateTypesWithStaticFields())
                AddStatics(type);
        }

        // A closed generic type has fields of its own, and is in no table of a module; before .NET 9, only those are known whose objects are on the heap.
        var hidden = options.IsCautious ? [] : new GenericStatics(runtime).Find();
        foreach (var type in _generic.SelectMany(WithBases).Concat(hidden).DistinctBy(type => type.MethodTable))
            AddStatics(type);
    }

    private static IEnumerable<ClrType> WithBases(ClrType type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current.Name?.Contains('<') == true)
                yield return current;
        }
    }

    private void AddStatics(ClrType type)
    {
        foreach (var field in type.StaticFields.Where(HasObject))
        {
            foreach (var domain in runtime.AppDomains)
                AddField(_builder.AddStatic, StaticName(type, field.Name), field.GetAddress(domain));
        }

        foreach (var field in type.ThreadStaticFields.Where(HasObject))
        {
            foreach (var thread in runtime.Threads.Where(thread => thread.IsAlive))
                AddField(_builder.AddThreadStatic, StaticName(type, field.Name), field.GetAddress(thread));
        }
    }

    // A static field of a struct refers to an object, too, in which the struct is.
    private static bool HasObject(ClrField field) => field.IsObjectReference || field.ElementType == ClrElementType.Struct;

    private void AddField(Action<string, ulong, ulong> add, string name, ulong slot)
    {
        if (slot != 0 && runtime.DataTarget.DataReader.ReadPointer(slot) is not 0 and var target)
            add(name, target, slot);
    }

    private static string StaticName(ClrType type, string? field) => FieldName.Of(TypeNumbers.NameOf(type), field ?? "(unknown field)");

    private void AddHandles()
    {
        foreach (var handle in runtime.EnumerateHandles())
        {
            if (handle.HandleKind == ClrHandleKind.Dependent)
                _builder.AddDependent(handle.Object.Address, handle.Dependent.Address);
            else if (handle.IsStrong)
                AddHandle(handle);
            else if (handle.HandleKind is ClrHandleKind.WeakShort or ClrHandleKind.WeakLong)
                _builder.AddWeakHandle(handle.Object.Address);
        }
    }

    private void AddHandle(ClrHandle handle)
    {
        if (handle.IsPinned)
            _regions.AddPinned(handle.Object.Address);
        _builder.AddRoot(handle.IsPinned ? HeapRootKind.PinnedHandle : HeapRootKind.Handle, handle.Object.Address, name: null);
    }

    private void AddStacks(CancellationToken cancellation)
    {
        foreach (var thread in runtime.Threads.Where(thread => thread.IsAlive))
        {
            cancellation.ThrowIfCancellationRequested();
            if (thread.CurrentException is null)
                AddStack(thread);
            else
                AddWordsOf(thread);
        }
    }

    private void AddStack(ClrThread thread)
    {
        foreach (var root in thread.EnumerateStackRoots())
        {
            if (!root.Object.IsValid)
                continue;
            if (root.IsPinned)
                _regions.AddPinned(root.Object.Address);
            _builder.AddRoot(HeapRootKind.Stack, root.Object.Address, root is ClrStackRoot { StackFrame.Method: { } method } ? DumpMethodName.Of(method) : null);
        }
    }

    /// <summary>
    /// Takes every word on a thread's stack that is the address of an object for a root. On the stack of a thread that is throwing, the runtime's library of .NET 10
    /// crashes when it is asked for roots.
    /// </summary>
    private void AddWordsOf(ClrThread thread)
    {
        if (thread.EnumerateStackTrace().FirstOrDefault() is not { StackPointer: var begin } || thread.StackBase <= begin || thread.StackBase - begin > LargestStack)
            return;
        var words = new byte[thread.StackBase - begin];
        var read = runtime.DataTarget.DataReader.Read(begin, words);
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(words.AsSpan(0, read)))
        {
            if (word % sizeof(ulong) == 0 && runtime.Heap.GetSegmentByAddress(word) is not null)
                _builder.AddRoot(HeapRootKind.Stack, word, name: null);
        }
    }
}
