using System.Reflection.Metadata;

namespace Memtrace.Events.Names;

/// <summary>Names of types in the metadata of their module, in the runtime's notation: <c>Namespace.Outer+Inner`1</c>.</summary>
internal static class DeclaredTypeName
{
    /// <summary>No compiler nests types deeper, but in damaged metadata a type can be in itself.</summary>
    private const int Deepest = 64;

    /// <summary>The name of a type that the module declares.</summary>
    /// <param name="metadata">The module's metadata.</param>
    /// <param name="type">The type.</param>
    /// <exception cref="InvalidDataException">It is nested too deep.</exception>
    public static string Of(MetadataReader metadata, TypeDefinition type) => Of(metadata, type, Deepest);

    /// <summary>The name of a type that the module refers to.</summary>
    /// <param name="metadata">The module's metadata.</param>
    /// <param name="type">The reference.</param>
    /// <exception cref="InvalidDataException">It is nested too deep.</exception>
    public static string Of(MetadataReader metadata, TypeReference type) => Of(metadata, type, Deepest);

    /// <summary>The name of a type that the module declares or refers to.</summary>
    /// <param name="metadata">The module's metadata.</param>
    /// <param name="type">The type.</param>
    /// <returns>Null of a constructed type, and of none.</returns>
    /// <exception cref="InvalidDataException">It is nested too deep.</exception>
    public static string? Of(MetadataReader metadata, EntityHandle type) => type switch
    {
        { IsNil: true } => null,
        { Kind: HandleKind.TypeDefinition } => Of(metadata, metadata.GetTypeDefinition((TypeDefinitionHandle)type)),
        { Kind: HandleKind.TypeReference } => Of(metadata, metadata.GetTypeReference((TypeReferenceHandle)type)),
        _ => null,
    };

    private static string Of(MetadataReader metadata, TypeDefinition type, int depth)
    {
        var name = metadata.GetString(type.Name);
        return type.GetDeclaringType() is { IsNil: false } outer
            ? $"{Of(metadata, metadata.GetTypeDefinition(outer), Deeper(depth))}+{name}"
            : Join(metadata.GetString(type.Namespace), name);
    }

    private static string Of(MetadataReader metadata, TypeReference type, int depth)
    {
        var name = metadata.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{Of(metadata, metadata.GetTypeReference((TypeReferenceHandle)type.ResolutionScope), Deeper(depth))}+{name}"
            : Join(metadata.GetString(type.Namespace), name);
    }

    private static int Deeper(int depth) => depth > 0 ? depth - 1 : throw new InvalidDataException("A type is nested in itself.");

    private static string Join(string space, string name) => space.Length == 0 ? name : $"{space}.{name}";
}
