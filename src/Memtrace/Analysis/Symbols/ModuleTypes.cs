using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Memtrace.Events;
using Memtrace.Events.Names;

namespace Memtrace.Analysis.Symbols;

/// <summary>The nested types that a module declares.</summary>
internal sealed class ModuleTypes
{
    private static readonly ModuleTypes None = new();

    private readonly Dictionary<(string Name, int Arity), List<string>> _outer = [];

    /// <summary>Reads the metadata of a module.</summary>
    /// <param name="path">The module's file.</param>
    /// <returns>None if it cannot be read; never throws.</returns>
    public static ModuleTypes Read(string path)
    {
        try
        {
            if (path.Length == 0 || ModuleFile.Open(path) is not { } stream)
                return None;
            using var file = new PEReader(stream);
            return file.HasMetadata ? new ModuleTypes(file.GetMetadataReader()) : None;
        }
        catch (Exception e) when (ModuleFile.IsUnreadable(e))
        {
            return None;
        }
    }

    private ModuleTypes()
    {
    }

    private ModuleTypes(MetadataReader metadata)
    {
        foreach (var handle in metadata.TypeDefinitions)
        {
            var type = metadata.GetTypeDefinition(handle);
            if (type.GetDeclaringType() is { IsNil: false } outer)
                Add((metadata.GetString(type.Name), type.GetGenericParameters().Count), DeclaredTypeName.Of(metadata, metadata.GetTypeDefinition(outer)));
        }
    }

    /// <summary>The outer types of all nested types with a name, innermost first.</summary>
    /// <param name="name">The simple name, with the arity in it.</param>
    /// <param name="arity">The number of type parameters, including those of the outer types.</param>
    public IReadOnlyList<string> OuterOf(string name, int arity) => _outer.GetValueOrDefault((name, arity), []);

    private void Add((string Name, int Arity) key, string outer)
    {
        if (!_outer.TryGetValue(key, out var all))
            _outer[key] = all = [];
        all.Add(outer);
        all.Sort((left, right) => right.Length.CompareTo(left.Length));
    }
}
