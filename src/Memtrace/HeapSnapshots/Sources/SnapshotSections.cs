using System.Collections.Frozen;
using System.Collections.Immutable;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>What snapshots have beside objects and references, both ways (docs/snapshot-format.md): types, roots, handles, names of fields.</summary>
internal static class SnapshotSections
{
    private static readonly ImmutableArray<HeapRootKind> RootKinds =
    [
        HeapRootKind.Static, HeapRootKind.Stack, HeapRootKind.Handle, HeapRootKind.PinnedHandle, HeapRootKind.Finalizer, HeapRootKind.ThreadStatic,
        HeapRootKind.DependentHandle, HeapRootKind.Other,
    ];

    /// <summary>A list of modules, and a list of types: name and module, counted from 1, or 0 for none.</summary>
    public static void WriteTypes(SnapshotContentWriter content, GraphFrame graph)
    {
        var modules = graph.Types.Select(type => type.Module).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        content.Count(modules.Count);
        modules.ForEach(content.Text);
        content.Count(graph.Types.Length);
        foreach (var type in graph.Types)
        {
            content.Text(type.Name);
            content.Count(type.Module is null ? 0 : modules.IndexOf(type.Module) + 1);
        }
    }

    /// <summary>Reads what <see cref="WriteTypes"/> wrote.</summary>
    public static GraphFrame ReadTypes(SnapshotContentReader content)
    {
        var modules = new List<string>();
        for (var count = content.Count(); count > 0; count--)
            modules.Add(content.Text());
        var types = ImmutableArray.CreateBuilder<HeapType>();
        for (var count = content.Count(); count > 0; count--)
        {
            var name = content.Text();
            var module = content.Count(modules.Count);
            types.Add(new HeapType(name, module == 0 ? null : modules[module - 1]));
        }

        return new GraphFrame { Types = types.ToImmutable() };
    }

    /// <summary>How many static fields were told apart from the array they lie in. A list of roots: kind, 1 and a name or 0, and a list of objects.</summary>
    public static void WriteRoots(SnapshotContentWriter content, GraphFrame graph)
    {
        content.Count(graph.StaticsCut);
        content.Count(graph.Roots.Length);
        foreach (var root in graph.Roots)
        {
            content.Count(RootKinds.IndexOf(root.Kind));
            content.Count(root.Name is null ? 0 : 1);
            if (root.Name is not null)
                content.Text(root.Name);
            WriteNumbers(content, root.Objects);
        }
    }

    /// <summary>Reads what <see cref="WriteRoots"/> wrote.</summary>
    public static GraphFrame ReadRoots(SnapshotContentReader content, GraphFrame graph, int objects)
    {
        var cut = content.Count();
        var roots = ImmutableArray.CreateBuilder<HeapRoot>();
        for (var count = content.Count(); count > 0; count--)
        {
            var kind = RootKinds[content.Count(RootKinds.Length - 1)];
            var name = content.Count(1) == 0 ? null : content.Text();
            roots.Add(new HeapRoot(kind, name, ReadNumbers(content, objects)));
        }

        return graph with { StaticsCut = cut, Roots = roots.ToImmutable() };
    }

    /// <summary>A list of keys of dependent handles: the object, and how many of its last references those are. A list of the objects of weak handles.</summary>
    public static void WriteHandles(SnapshotContentWriter content, GraphFrame graph)
    {
        content.Count(graph.Dependents.Count);
        foreach (var (key, count) in graph.Dependents.OrderBy(dependent => dependent.Key))
        {
            content.Count(key);
            content.Count(count);
        }

        WriteNumbers(content, graph.WeaklyReferenced);
    }

    /// <summary>Reads what <see cref="WriteHandles"/> wrote.</summary>
    public static GraphFrame ReadHandles(SnapshotContentReader content, GraphFrame graph, int objects)
    {
        var dependents = new Dictionary<int, int>();
        for (var keys = content.Count(); keys > 0; keys--)
            dependents[ObjectOf(content.Count(), objects)] = content.Count();
        return graph with { Dependents = dependents.ToFrozenDictionary(), WeaklyReferenced = ReadNumbers(content, objects) };
    }

    /// <summary>A list of fields: the type that has it, the type of what it refers to, its name.</summary>
    public static void WriteFields(SnapshotContentWriter content, GraphFrame graph)
    {
        content.Count(graph.Fields.Count);
        foreach (var (types, name) in graph.Fields.All)
        {
            content.Count(types.Holder);
            content.Count(types.Held);
            content.Text(name);
        }
    }

    /// <summary>Reads what <see cref="WriteFields"/> wrote.</summary>
    public static GraphFrame ReadFields(SnapshotContentReader content, GraphFrame graph)
    {
        var (names, last) = (new Dictionary<TypePair, string>(), Math.Max(0, graph.Types.Length - 1));
        for (var count = content.Count(FieldNames.Most); count > 0; count--)
            names[new TypePair(content.Count(last), content.Count(last))] = content.Text();
        return graph with { Fields = new FieldNames(names) };
    }

    private static void WriteNumbers(SnapshotContentWriter content, ImmutableArray<int> numbers)
    {
        content.Count(numbers.Length);
        foreach (var number in numbers)
            content.Count(number);
    }

    private static ImmutableArray<int> ReadNumbers(SnapshotContentReader content, int objects)
    {
        var numbers = ImmutableArray.CreateBuilder<int>();
        for (var count = content.Count(); count > 0; count--)
            numbers.Add(ObjectOf(content.Count(), objects));
        return numbers.ToImmutable();
    }

    /// <summary>The object of a number.</summary>
    /// <exception cref="InvalidDataException">There are not so many.</exception>
    public static int ObjectOf(long number, int objects) =>
        number >= 0 && number < objects ? (int)number : throw new InvalidDataException("an object is referred to but does not exist");
}
