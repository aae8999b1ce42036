using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Memtrace.Events;
using Memtrace.Events.Names;

namespace Memtrace.HeapSnapshots.Sources.Metadata;

/// <summary>The metadata of a module that a process has loaded. Not thread-safe.</summary>
internal sealed class LoadedModule : IDisposable
{
    private readonly PEReader _file;
    private readonly LoadedModules _modules;
    private readonly SignatureTypes _types;
    private readonly Dictionary<string, TypeDefinitionHandle?> _found = new(StringComparer.Ordinal);

    private LoadedModule(PEReader file, LoadedModules modules)
    {
        (_file, _modules, Metadata) = (file, modules, file.GetMetadataReader());
        AssemblyName = Metadata.IsAssembly ? Metadata.GetString(Metadata.GetAssemblyDefinition().Name) : "";
        _types = new SignatureTypes(this, modules);
    }

    /// <summary>The metadata.</summary>
    public MetadataReader Metadata { get; }

    /// <summary>The simple name of its assembly.</summary>
    public string AssemblyName { get; }

    /// <summary>Opens a module's file.</summary>
    /// <param name="open">Opens a file, or returns null if there is none.</param>
    /// <param name="module">The module.</param>
    /// <param name="modules">The others that the process has loaded.</param>
    /// <returns>Null if there is no such file, or it is not the one that was loaded.</returns>
    public static LoadedModule? TryOpen(Func<string, Stream?> open, ModuleCode module, LoadedModules modules)
    {
        PEReader? file = null;
        try
        {
            if (module.Path.Length == 0 || open(module.Path) is not { } stream)
                return null;
            file = new PEReader(stream);
            if (file.HasMetadata && ModuleFile.IsLoadedOne(file, module))
                return new LoadedModule(file, modules);
        }
        catch (Exception e) when (ModuleFile.IsUnreadable(e))
        {
            // As if it did not exist.
        }

        file?.Dispose();
        return null;
    }

    /// <summary>The type that a field has.</summary>
    /// <param name="field">The field, of a type of this module.</param>
    /// <param name="arguments">The type arguments of that type.</param>
    public MetadataType TypeOf(FieldDefinition field, ImmutableArray<MetadataType> arguments) =>
        ModuleFile.IsBounded(Metadata, field.Signature) ? field.DecodeSignature(_types, arguments) : MetadataType.Unknown;

    /// <summary>A type that this module mentions.</summary>
    /// <param name="type">Where it does.</param>
    /// <param name="arguments">The type arguments of what mentions it.</param>
    public MetadataType TypeOf(EntityHandle type, ImmutableArray<MetadataType> arguments) => type.Kind switch
    {
        HandleKind.TypeDefinition => new DeclaredType(this, (TypeDefinitionHandle)type, []),
        HandleKind.TypeReference => _modules.Resolve(this, (TypeReferenceHandle)type) ?? MetadataType.Unknown,
        HandleKind.TypeSpecification => Specified(Metadata.GetTypeSpecification((TypeSpecificationHandle)type), arguments),
        _ => MetadataType.Unknown,
    };

    /// <summary>The name of a type that this module mentions, in the runtime's notation; null of a constructed one.</summary>
    /// <param name="type">Where it does.</param>
    public string? NameOf(EntityHandle type) => DeclaredTypeName.Of(Metadata, type);

    /// <summary>Whether a type of this module is called so, and is not nested.</summary>
    public bool IsNamed(TypeDefinition type, string space, string name) =>
        Metadata.StringComparer.Equals(type.Name, name) && Metadata.StringComparer.Equals(type.Namespace, space) && type.GetDeclaringType().IsNil;

    /// <summary>A type that this module declares, not nested.</summary>
    /// <returns>Null if there is none.</returns>
    public TypeDefinitionHandle? Find(string space, string name)
    {
        var key = $"{space}.{name}";
        if (!_found.TryGetValue(key, out var found))
            _found[key] = found = Metadata.TypeDefinitions.Where(type => IsNamed(Metadata.GetTypeDefinition(type), space, name)).Select(type => (TypeDefinitionHandle?)type).FirstOrDefault();
        return found;
    }

    /// <summary>A type that is nested in another one of this module.</summary>
    /// <returns>Null if there is none.</returns>
    public TypeDefinitionHandle? FindNested(TypeDefinitionHandle outer, string name) => Metadata.GetTypeDefinition(outer).GetNestedTypes()
        .Where(type => Metadata.StringComparer.Equals(Metadata.GetTypeDefinition(type).Name, name))
        .Select(type => (TypeDefinitionHandle?)type)
        .FirstOrDefault();

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private MetadataType Specified(TypeSpecification type, ImmutableArray<MetadataType> arguments) =>
        ModuleFile.IsBounded(Metadata, type.Signature) ? type.DecodeSignature(_types, arguments) : MetadataType.Unknown;
}
