using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots.Graph;

/// <summary>
/// Builds a graph from objects and references as a heap walk reports them: objects in any order (by rising addresses costs least memory), references in the
/// order of the objects, and either may run ahead of the other. Not safe for use by several threads.
/// </summary>
internal sealed class HeapGraphBuilder : IDisposable
{
    /// <summary>Numbers of types are small: a larger one is damage.</summary>
    private const int MostTypes = 1 << 24;

    private readonly AddressMap _addresses;
    private readonly ShapeTable _shapes = new();
    private readonly NativeBuffer<int> _shapeOf = new();
    private readonly NativeBuffer<int> _referenceCounts = new();
    private readonly NativeBuffer<int> _targets = new();
    private readonly List<HeapType?> _types = [];
    private readonly Dictionary<RootKey, List<uint>> _roots = [];
    private readonly List<StaticSlot> _statics = [];
    private readonly List<Dependent> _dependents = [];
    private readonly List<uint> _threadReferences = [];
    private readonly List<uint> _weaklyReferenced = [];
    private bool _isBuilt;

    /// <summary>A builder for a heap.</summary>
    /// <param name="pointerSize">The alignment of objects: 8, or 4 in a process of 32 bits.</param>
    public HeapGraphBuilder(int pointerSize = 8)
    {
        if (pointerSize is not (4 or 8))
            throw new ArgumentOutOfRangeException(nameof(pointerSize), pointerSize, "Objects are aligned to 4 or 8 bytes.");
        _addresses = new AddressMap(pointerSize);
    }

    /// <summary>How many objects have been added so far.</summary>
    public int ObjectCount => _shapeOf.Count;

    /// <summary>How many references an object has announced.</summary>
    /// <param name="number">Its number.</param>
    internal int ReferencesOf(int number) => _referenceCounts[number];

    /// <summary>How many references have been added so far.</summary>
    public int ReferenceCount => _targets.Count;

    /// <summary>How many references the objects added so far have announced.</summary>
    public long AnnouncedReferences { get; private set; }

    /// <summary>The alignment of objects.</summary>
    internal int Alignment => _addresses.Alignment;

    /// <summary>Names a type, before or after the objects that have it. If there are several names, the last one counts.</summary>
    /// <param name="id">The number that its objects have, counted from 0.</param>
    /// <param name="name">Readable full type name.</param>
    /// <param name="module">The module that declares it, or null if it is not known.</param>
    public void SetType(int id, string name, string? module)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)id, (uint)MostTypes, nameof(id));
        if (id >= _types.Count)
            CollectionsMarshal.SetCount(_types, id + 1);
        _types[id] = new HeapType(name, module);
    }

    /// <summary>Adds an object. Its number is <see cref="ObjectCount"/> before.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="size">Its size, in bytes.</param>
    /// <param name="type">The number of its type.</param>
    /// <param name="references">How many references it has.</param>
    /// <exception cref="InvalidDataException">No heap has such an object, or there is another one at the address.</exception>
    public void AddObject(ulong address, long size, int type, int references)
    {
        if ((uint)type >= MostTypes || references < 0 || size is < 0 or > 1L << 46)
            throw new InvalidDataException($"No object has {size} bytes, type {type} and {references} references.");
        _addresses.Add(address);
        _shapeOf.Add(_shapes.NumberOf(type, size));
        _referenceCounts.Add(references);
        AnnouncedReferences += references;
    }

    /// <summary>Adds an object with its references. Every object before it must have all of its own.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="size">Its size, in bytes.</param>
    /// <param name="type">The number of its type.</param>
    /// <param name="references">The addresses that it refers to.</param>
    /// <exception cref="InvalidDataException">No heap has such an object, or there is another one at the address.</exception>
    internal void AddObject(ulong address, long size, int type, ReadOnlySpan<ulong> references)
    {
        AddObject(address, size, type, references.Length);
        foreach (var target in references)
            AddReference(target);
    }

    /// <summary>Adds the next reference: to the first object that does not yet have as many as it announced.</summary>
    /// <param name="target">The address that is referred to.</param>
    public void AddReference(ulong target) => _targets.Add((int)_addresses.PlaceOf(target));

    /// <summary>Adds the next reference, as <see cref="AddReference"/> does.</summary>
    /// <param name="number">The number of the object that is referred to.</param>
    internal void AddReferenceTo(int number) => _targets.Add((int)_addresses.PlaceOfNumber(number));

    /// <summary>Adds a root.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="target">The address of the object that it holds.</param>
    /// <param name="name">Its name, or null: roots of one kind and name are one.</param>
    public void AddRoot(HeapRootKind kind, ulong target, string? name) => AddRoot(kind, _addresses.PlaceOf(target), name);

    /// <summary>Adds a static field that lies in an array on the heap. The field is the root; the array does not count as a holder.</summary>
    /// <param name="name"><c>Namespace.Class.Field</c>.</param>
    /// <param name="target">The address of the object in the field.</param>
    /// <param name="slot">The address of the field.</param>
    public void AddStatic(string name, ulong target, ulong slot) => AddField(HeapRootKind.Static, name, target, slot);

    /// <summary>Adds a static field of one thread that lies in an array on the heap, as <see cref="AddStatic"/> does.</summary>
    /// <param name="name"><c>Namespace.Class.Field</c>.</param>
    /// <param name="target">The address of the object in the field.</param>
    /// <param name="slot">The address of the field.</param>
    public void AddThreadStatic(string name, ulong target, ulong slot) => AddField(HeapRootKind.ThreadStatic, name, target, slot);

    /// <summary>
    /// Adds what a thread holds without a method. An array of objects holds its thread statics; anything else is a local variable of the runtime's own code.
    /// </summary>
    /// <param name="target">The address of the object that it holds.</param>
    public void AddThreadReference(ulong target) => _threadReferences.Add(_addresses.PlaceOf(target));

    /// <summary>Adds a dependent handle: as long as the key is alive, so is the value.</summary>
    /// <param name="key">Address of the key.</param>
    /// <param name="value">Address of the value.</param>
    public void AddDependent(ulong key, ulong value) => _dependents.Add(new Dependent(_addresses.PlaceOf(key), _addresses.PlaceOf(value)));

    /// <summary>Adds a weak handle. It does not keep its object alive.</summary>
    /// <param name="target">The address of the object.</param>
    public void AddWeakHandle(ulong target) => _weaklyReferenced.Add(_addresses.PlaceOf(target));

    /// <summary>Builds the graph. The builder cannot be used afterwards.</summary>
    /// <exception cref="InvalidDataException">The objects announced another number of references than came.</exception>
    public HeapGraph Build()
    {
        ObjectDisposedException.ThrowIf(_isBuilt, this);
        if (AnnouncedReferences != _targets.Count)
            throw new InvalidDataException($"The objects have {AnnouncedReferences} references, but {_targets.Count} were added.");
        _addresses.Seal();
        AddThreadReferences();
        var references = new ReferenceResolver(_addresses, _referenceCounts, _targets);
        var cuts = Cuts();
        references.Resolve(cuts);
        var dependents = Resolved(_dependents);
        references.Insert(dependents);
        var graph = new HeapGraph(_addresses, _shapes, _shapeOf, references.Firsts, references.Targets, ShapeCounts())
        {
            Frame = new GraphFrame
            {
                Types = Types(),
                Roots = [.. _roots.Select(root => new HeapRoot(root.Key.Kind, root.Key.Name, Resolved(root.Value))).Where(root => root.Objects.Length > 0)],
                DanglingReferences = references.Dangling + _roots.Values.Sum(targets => targets.Count(target => _addresses.NumberAt(target) is null)),
                StaticsCut = cuts.Count,
                Dependents = dependents.CountBy(reference => reference.Source).ToFrozenDictionary(),
                WeaklyReferenced = Resolved(_weaklyReferenced),
            },
        };
        _isBuilt = true;
        return graph;
    }

    /// <summary>Frees the memory, unless a graph owns it.</summary>
    public void Dispose()
    {
        if (_isBuilt)
            return;
        _isBuilt = true;
        _addresses.Dispose();
        _shapeOf.Dispose();
        _referenceCounts.Dispose();
        _targets.Dispose();
    }

    private void AddField(HeapRootKind kind, string name, ulong target, ulong slot)
    {
        AddRoot(kind, target, name);
        _statics.Add(new StaticSlot(slot, _addresses.PlaceOf(target)));
    }

    private void AddThreadReferences()
    {
        var arrays = Enumerable.Range(0, _types.Count).Where(type => _types[type]?.Name == "System.Object[]").ToHashSet();
        foreach (var place in _threadReferences)
        {
            var isArray = _addresses.NumberAt(place) is { } found && arrays.Contains(_shapes.Shapes[_shapeOf[found]].Type);
            AddRoot(isArray ? HeapRootKind.ThreadStatic : HeapRootKind.Stack, place, name: null);
        }
    }

    private void AddRoot(HeapRootKind kind, uint place, string? name)
    {
        ref var targets = ref CollectionsMarshal.GetValueRefOrAddDefault(_roots, new RootKey(kind, name), out _);
        (targets ??= []).Add(place);
    }

    private ImmutableArray<int> ShapeCounts()
    {
        var counts = new int[_shapes.Shapes.Length];
        foreach (var shape in _shapeOf.Items)
            counts[shape]++;
        return ImmutableCollectionsMarshal.AsImmutableArray(counts);
    }

    private ImmutableArray<HeapType> Types()
    {
        var count = _types.Count;
        foreach (var shape in _shapes.Shapes)
            count = Math.Max(count, shape.Type + 1);
        CollectionsMarshal.SetCount(_types, count);
        return [.. _types.Select((type, id) => type ?? new HeapType($"(unnamed type {id})", null))];
    }

    /// <summary>References to leave out: those of the arrays that the static fields lie in.</summary>
    private List<Reference> Cuts() =>
    [
        .. from field in _statics
           let array = Containing(field.Slot)
           let target = _addresses.NumberAt(field.Target)
           where array is not null && target is not null
           select new Reference(array.Value, target.Value),
    ];

    private int? Containing(ulong address) =>
        _addresses.NumberAtOrBefore(address) is { } found && address < _addresses.AddressOf(found) + (ulong)_shapes.Shapes[_shapeOf[found]].Size ? found : null;

    private ImmutableArray<int> Resolved(List<uint> places) => [.. places.Select(_addresses.NumberAt).OfType<int>()];

    private List<Reference> Resolved(List<Dependent> dependents) =>
    [
        .. from dependent in dependents
           let key = _addresses.NumberAt(dependent.Key)
           let value = _addresses.NumberAt(dependent.Value)
           where key is not null && value is not null
           select new Reference(key.Value, value.Value),
    ];

    private readonly record struct RootKey(HeapRootKind Kind, string? Name);

    private readonly record struct StaticSlot(ulong Slot, uint Target);

    private readonly record struct Dependent(uint Key, uint Value);
}
