using System.Collections.Immutable;
using Memtrace.Events.Names;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.HeapSnapshots.Sources.Metadata;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>A type as a heap walk reports it.</summary>
/// <param name="Name">Its name in the runtime's notation; empty if the runtime did not send it.</param>
/// <param name="ModuleId">The module that declares it, by the runtime's number; 0 if there is none.</param>
internal readonly record struct ReportedType(string Name, ulong ModuleId)
{
    /// <summary>A type of which nothing was reported but its number.</summary>
    public static ReportedType Nameless { get; } = new("", 0) { ArgumentIds = [] };

    /// <summary>Its token in the metadata of its module.</summary>
    public int Token { get; init; }

    /// <summary>How many dimensions an array has; null of other types.</summary>
    public int? ArrayRank { get; init; }

    /// <summary>Its type arguments, or the type of an array's elements, by the runtime's numbers.</summary>
    public required ImmutableArray<ulong> ArgumentIds { get; init; }
}

/// <summary>A static field as a heap walk reports it: without its class.</summary>
/// <param name="Field">The field's name.</param>
/// <param name="Slot">Where it is.</param>
/// <param name="Target">The object in it.</param>
/// <param name="Type">The number of the object's type.</param>
internal readonly record struct ReportedStatic(string Field, ulong Slot, ulong Target, int Type);

/// <summary>An object that a thread holds.</summary>
/// <param name="Target">The object.</param>
/// <param name="MethodId">The method that holds it, by the runtime's number; 0 if it is none.</param>
internal readonly record struct StackReference(ulong Target, ulong MethodId);

/// <summary>What a heap walk reported: objects and references, and what waits for names.</summary>
/// <param name="Builder">Objects, references, and the roots that need no names.</param>
/// <param name="Types">The types, by number.</param>
/// <param name="TypeNumbers">The numbers of types by those of the runtime.</param>
/// <param name="Statics">The static fields, in the order in which they were reported.</param>
/// <param name="Stacks">What threads hold.</param>
/// <param name="TakenAt">When the walk began, UTC.</param>
/// <param name="Collection">The runtime's number of the collection before it.</param>
/// <param name="PaddingBytes">What arrays and strings take beyond their content.</param>
internal sealed record WalkedHeap(
    HeapGraphBuilder Builder,
    ImmutableArray<ReportedType> Types,
    IReadOnlyDictionary<ulong, int> TypeNumbers,
    ImmutableArray<ReportedStatic> Statics,
    ImmutableArray<StackReference> Stacks,
    DateTimeOffset TakenAt,
    int Collection,
    long PaddingBytes)
{
    /// <summary>Names everything, and builds the graph.</summary>
    /// <param name="names">The names of methods and modules.</param>
    /// <param name="open">Opens the file of a module; null if there is none.</param>
    /// <exception cref="InvalidDataException">The walk contradicts itself.</exception>
    public HeapGraph Build(CodeNames names, Func<string, Stream?> open)
    {
        using var modules = new LoadedModules(names.Modules, open);
        var types = new ReportedTypes(Types, TypeNumbers, modules);
        NameTypes(types, names);
        AddStatics(names, modules);
        foreach (var (target, method) in Stacks)
            AddStack(target, method, names);
        var graph = Builder.Build();
        var loaded = names.Modules.Select(module => modules.Find(module.ModuleId)).OfType<LoadedModule>().Distinct();
        graph = new ThreadStaticNamer(graph, types, loaded).Apply();
        return graph.With(new DeclaredFieldNamer(graph, types).Find());
    }

    private void NameTypes(ReportedTypes types, CodeNames names)
    {
        for (var i = 0; i < Types.Length; i++)
        {
            if (Types[i].Name.Length > 0)
                Builder.SetType(i, ReadableNames.Type(types.NameOf(i)), names.PathOf(Types[i].ModuleId));
        }
    }

    private void AddStatics(CodeNames names, LoadedModules modules)
    {
        var declared = new StaticNames(names.Modules.Select(module => modules.Find(module.ModuleId) is { } loaded ? AssemblyStatics.Read(loaded.Metadata) : []));
        var found = declared.Name([.. Statics.Select(field => new UnnamedStatic(field.Field, field.Slot, Types[field.Type].Name))]);
        for (var i = 0; i < Statics.Length; i++)
            Builder.AddStatic(found[i], Statics[i].Target, Statics[i].Slot);
    }

    private void AddStack(ulong target, ulong method, CodeNames names)
    {
        if (method == 0)
            Builder.AddThreadReference(target);
        else
            Builder.AddRoot(HeapRootKind.Stack, target, names.MethodOf(method));
    }
}
