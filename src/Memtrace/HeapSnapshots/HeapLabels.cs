using System.Collections.Immutable;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots;

/// <summary>What the labels of a graph mean: types and what is known of them, roots and their names.</summary>
internal sealed class HeapLabels
{
    private readonly RootedGraph _graph;
    private readonly ImmutableArray<HeapType> _types;
    private readonly string[] _openNames;
    private readonly CollectionPattern?[] _patterns;
    private readonly FieldNames _fields;
    private readonly Lazy<FieldNames> _asyncLocals;

    /// <summary>The labels of a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="heap">The heap that it is of.</param>
    public HeapLabels(RootedGraph graph, HeapGraph heap)
    {
        (_graph, _types, _fields) = (graph, heap.Types, heap.Fields);
        _openNames = [.. _types.Select(type => OpenTypeName.Of(type.Name))];
        _asyncLocals = new Lazy<FieldNames>(() => AsyncLocals.NamesIn(heap));
        _patterns = [.. _openNames.Select(CollectionPattern.Of)];
    }

    /// <summary>The root that a label stands for, or what several roots have in common; null if it stands for a type.</summary>
    /// <param name="label">The label.</param>
    public Holder? HolderOf(int label) => _graph.HolderOf(label);

    /// <summary>The name of a type.</summary>
    /// <param name="label">The type's label.</param>
    public string TypeOf(int label) => _types[label].Name;

    /// <summary>Whether objects of a type are inner parts of a collection that holds them.</summary>
    /// <param name="holder">The label of the collection.</param>
    /// <param name="held">The label of the objects.</param>
    public bool IsPart(int holder, int held) =>
        holder < _patterns.Length && held < _patterns.Length && _patterns[holder] is { } pattern && pattern.HasPart(_types[held].Name);

    /// <summary>Whether objects of a type can be the list of handlers that a delegate calls: from .NET 11 on, its type is its own.</summary>
    /// <param name="label">The type's label.</param>
    public bool CanListHandlers(int label) => label < _openNames.Length && _openNames[label] is "System.Object[]" or "System.Delegate.Wrapper[]" or "Wrapper[]";

    /// <summary>The field by which objects of a type refer to those of another; null if it is not known, or says nothing to the users of the program.</summary>
    /// <param name="holder">The label of the type that has the field.</param>
    /// <param name="held">The label of the type of what it refers to.</param>
    public string? FieldOf(int holder, int held) =>
        holder < _types.Length && held < _types.Length && _fields.Of(holder, held) is { } name && FrameworkTypes.HasTellingField(_types[holder], name)
            ? name
            : AsyncLocalOf(holder, held);

    /// <summary>The AsyncLocal by which the values of a context hold objects of a type: <c>AsyncLocal Shop.Request.Current</c>; null if they do not.</summary>
    /// <param name="holder">The label of the type that has the values.</param>
    /// <param name="held">The label of the type of the objects.</param>
    public string? AsyncLocalOf(int holder, int held) => _asyncLocals.Value.Of(holder, held);

    /// <summary>A step of a path.</summary>
    /// <param name="label">The label.</param>
    /// <param name="objects">How many objects there are.</param>
    /// <param name="bytes">Their size, in bytes.</param>
    public HeapStep Step(int label, long objects, long bytes) => HolderOf(label) is { } holder
        ? new HeapStep(HolderNames.Of(holder), holder.Kind, 0, 0) { IsShared = !holder.IsRoot, RootName = holder.IsRoot ? holder.Name : null }
        : new HeapStep(TypeOf(label), null, objects, bytes) { IsFramework = FrameworkTypes.Contains(_types[label]) };

    /// <summary>What is known of types as holders.</summary>
    public HolderKnowledge Holders => new(label => UninterestingHolders.Contains(_openNames[label]))
    {
        IsLinked = label => LinkedObjects.Contain(_openNames[label]),
        Links = (holder, held) => holder < _openNames.Length && LinkedObjects.AreLinkedBy(_openNames[holder], _openNames[held]),
    };
}
