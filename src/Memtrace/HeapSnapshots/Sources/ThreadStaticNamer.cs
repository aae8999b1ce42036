using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using Memtrace.Events;
using Memtrace.Events.Names;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.HeapSnapshots.Sources.Metadata;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>
/// Finds out which thread statics hold objects. The runtime keeps those of a class in an array, and these arrays in one for each thread, which a heap walk reports
/// as held by the thread or by the first method on its stack. An array is that of a class if it is as long as the class has such fields, and if these can hold
/// what is in it, in their order, those of a generic class with the same type arguments.
/// </summary>
/// <param name="graph">The graph.</param>
/// <param name="types">The types of its objects.</param>
/// <param name="modules">The modules of the process.</param>
internal sealed class ThreadStaticNamer(HeapGraph graph, ReportedTypes types, IEnumerable<LoadedModule> modules)
{
    /// <summary>Of more classes than this, none is named.</summary>
    private const int MostListed = 3;

    private readonly ImmutableArray<ThreadStatics> _classes = [.. modules.SelectMany(module => ThreadStatics.Read(module))];
    private readonly Dictionary<string, List<int>> _named = new(StringComparer.Ordinal);
    private readonly List<int> _tables = [];
    private readonly List<Reference> _cuts = [];

    /// <summary>The graph with the thread statics that could be named as roots, which the arrays of threads do not hold any more.</summary>
    public HeapGraph Apply()
    {
        var roots = graph.Roots.Select(WithoutTables).ToList();
        var unnamed = roots.Find(IsUnnamed) ?? new HeapRoot(HeapRootKind.ThreadStatic, null, []);
        roots.RemoveAll(IsUnnamed);
        roots.Add(unnamed with { Objects = [.. unnamed.Objects, .. _tables] });
        roots.AddRange(_named.Select(field => new HeapRoot(HeapRootKind.ThreadStatic, field.Key, [.. field.Value])));
        return graph.Without(_cuts).With(graph.Frame with { Roots = [.. roots.Where(root => root.Objects.Length > 0)] });
    }

    private HeapRoot WithoutTables(HeapRoot root) => root.Kind is HeapRootKind.Stack or HeapRootKind.ThreadStatic
        ? root with { Objects = [.. root.Objects.Where(item => !IsTable(item))] }
        : root;

    private static bool IsUnnamed(HeapRoot root) => root is { Kind: HeapRootKind.ThreadStatic, Name: null };

    private bool IsTable(int item)
    {
        if (!IsArray(item) || !graph.ReferencesOf(item).ToArray().All(IsArray))
            return false;
        var before = _cuts.Count;
        foreach (var array in graph.ReferencesOf(item).ToArray().Distinct())
        {
            if (NameOf(array) is not { } name)
                continue;
            if (!_named.TryGetValue(name, out var arrays))
                _named.Add(name, arrays = []);
            arrays.Add(array);
            _cuts.Add(new Reference(item, array));
        }

        if (_cuts.Count == before)
            return false;
        _tables.Add(item);
        return true;
    }

    private bool IsArray(int item) => graph.Types[graph.TypeOf(item)].Name == "System.Object[]";

    private string? NameOf(int array)
    {
        var held = graph.ReferencesOf(array)[..^graph.Dependents.GetValueOrDefault(array)].ToArray().Select(item => types.Of(graph.TypeOf(item))).ToList();
        if (held.Count == 0)
            return null;
        var fitting = _classes.Select(fields => fields.Match(LengthOf(array), held)).OfType<Match>().ToList();

        // A field of another type, such as Object, can hold the objects too, but then there would be two coincidences.
        var best = fitting.Exists(match => match.IsExact) ? fitting.FindAll(match => match.IsExact) : fitting;
        return best.Count is > 0 and <= MostListed ? string.Join(" or ", best.Select(match => match.Name).Distinct(StringComparer.Ordinal)) : null;
    }

    // A header, the type, and the length come before the elements.
    private int LengthOf(int array) => (int)(graph.SizeOf(array) / graph.Alignment) - 3;

    /// <summary>What can hold the objects of an array.</summary>
    /// <param name="Name">The field: <c>Shop.Cache.t_entries</c>.</param>
    /// <param name="IsExact">Whether the objects are of the types that the fields declare, not of others that fit.</param>
    private sealed record Match(string Name, bool IsExact);

    /// <summary>The thread statics of a class that hold objects, in the order in which it declares them.</summary>
    private sealed record ThreadStatics(string Class, int Parameters, ImmutableArray<ReferenceField> Fields)
    {
        private const string Attribute = nameof(ThreadStaticAttribute);

        /// <summary>Those of the classes of a module; empty if it is damaged.</summary>
        public static ImmutableArray<ThreadStatics> Read(LoadedModule module)
        {
            try
            {
                return Mentions(module.Metadata) ? [.. FieldsOf(module.Metadata).GroupBy(field => module.Metadata.GetFieldDefinition(field).GetDeclaringType()).Select(type => Of(module, type.Key, type))] : [];
            }
            catch (Exception e) when (ModuleFile.IsUnreadable(e))
            {
                return [];
            }
        }

        /// <summary>The fields that hold what an array has; null if it cannot be that of the class.</summary>
        public Match? Match(int length, List<MetadataType> held)
        {
            if (length != Fields.Length || new ReferenceMatch((field, item) => Fields[field].Type.CanHold(held[item]), length).ByOrder(held.Count) is not { } places || !HaveSameArguments(places, held))
                return null;
            var names = places.SelectMany(fields => fields).Distinct().Order().Select(field => Fields[field].Name).ToList();
            return new Match(
                names is [var only] ? FieldName.Of(Class, only) : $"{Class}.({string.Join(" or ", names.Select(FieldName.Readable))})",
                held.Index().All(item => places[item.Index].Exists(field => Fields[field].Type is DeclaredType or ArrayType && Fields[field].Type.CanBe(item.Item))));
        }

        // A field of the type of a parameter itself may hold an object of a derived type.
        private bool HaveSameArguments(List<int>[] places, List<MetadataType> held)
        {
            var arguments = new MetadataType?[Parameters];
            return held.Index().Where(item => places[item.Index] is [_])
                .All(item => Fields[places[item.Index][0]].Type is var type && (type is not (DeclaredType or ArrayType) || type.TryInfer(item.Item, arguments)));
        }

        private static ThreadStatics Of(LoadedModule module, TypeDefinitionHandle type, IEnumerable<FieldDefinitionHandle> fields)
        {
            var metadata = module.Metadata;
            var declared = new DeclaredType(module, type, [.. metadata.GetTypeDefinition(type).GetGenericParameters().Select((_, i) => MetadataType.Parameter(i))]);
            return new ThreadStatics(
                ReadableNames.Type($"{declared}"),
                metadata.GetTypeDefinition(type).GetGenericParameters().Count,
                [
                    .. fields.Select(metadata.GetFieldDefinition).Select(field => new ReferenceField(metadata.GetString(field.Name), declared.TypeOf(field)))
                        .Where(field => field.Type.IsReference != false || field.Type is DeclaredType { IsNumber: false }),
                ]);
        }

        // Few modules have any, and some have many thousand fields.
        private static bool Mentions(MetadataReader metadata) =>
            metadata.TypeReferences.Any(type => metadata.StringComparer.Equals(metadata.GetTypeReference(type).Name, Attribute))
            || metadata.TypeDefinitions.Any(type => metadata.StringComparer.Equals(metadata.GetTypeDefinition(type).Name, Attribute));

        private static IEnumerable<FieldDefinitionHandle> FieldsOf(MetadataReader metadata) =>
            from attribute in metadata.CustomAttributes
            let parent = metadata.GetCustomAttribute(attribute).Parent
            where parent.Kind == HandleKind.FieldDefinition && MetadataAttribute.IsOf(metadata, attribute, Attribute)
            let field = (FieldDefinitionHandle)parent
            orderby MetadataTokens.GetRowNumber(field)
            select field;
    }
}
