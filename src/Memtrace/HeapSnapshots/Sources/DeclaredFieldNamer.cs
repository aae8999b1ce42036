using Memtrace.HeapSnapshots.Graph;
using Memtrace.HeapSnapshots.Sources.Metadata;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>
/// Finds out by which fields objects refer to each other where only references are known, not where in the objects they are: by the fields that the metadata of the
/// modules declares. Takes samples of the objects of each type.
/// </summary>
/// <param name="graph">The graph.</param>
/// <param name="types">The types of its objects.</param>
internal sealed class DeclaredFieldNamer(HeapGraph graph, ReportedTypes types)
{
    /// <summary>What the objects of a type that can be unloaded refer to in the first place, without a field.</summary>
    private const string TypeKeeper = "System.Reflection.LoaderAllocator";

    private readonly ObjectSampler _sampler = new(graph.Types.Length);
    private readonly Dictionary<int, DeclaredFields?> _fields = [];

    /// <summary>The names.</summary>
    public FieldNames Find()
    {
        for (var number = 0; number < graph.ObjectCount; number++)
        {
            var type = graph.TypeOf(number);
            if (_sampler.IsNextSample(type) && FieldsOf(type) is { } fields)
                fields.Add(ReferencedTypes(number));
        }

        return FieldCounts.Names(_fields.Values.OfType<DeclaredFields>().SelectMany(fields => fields.Counts).Take(FieldNames.Most));
    }

    private DeclaredFields? FieldsOf(int type)
    {
        if (!_fields.TryGetValue(type, out var fields))
            _fields[type] = fields = FrameworkTypes.HasTellingFields(graph.Types[type]) ? DeclaredFields.Of(type, types) : null;
        return fields;
    }

    private List<int> ReferencedTypes(int number)
    {
        var references = graph.ReferencesOf(number);
        var held = new List<int>(references.Length);
        foreach (var target in references[..^graph.Dependents.GetValueOrDefault(number)])
            held.Add(graph.TypeOf(target));
        if (held is [var first, ..] && graph.Types[first].Name == TypeKeeper)
            held.RemoveAt(0);
        return held;
    }
}
