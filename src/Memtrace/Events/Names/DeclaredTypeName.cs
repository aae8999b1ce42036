using System.Reflection.Metadata;

namespace Memtrace.Events.Names;

/// <summary>Names of types in the metadata of their module, in the runtime's notation: <c>Namespace.Outer+Inner`1</c>.</summary>
internal static class DeclaredTypeName
{
    /// <summary>The name of a type that the module declares.</summary>
    /// <param name="metadata">The module's metadata.</param>
    /// <param name="type">The type.</param>
    public static string Of(MetadataReader metadata, TypeDefinition type)
    {
        var name = metadata.GetString(type.Name);
        return type.GetDeclaringType() is { IsNil: false } outer
            ? $"{Of(metadata, metadata.GetTypeDefinition(outer))}+{name}"
            : Join(metadata.GetString(type.Namespace), name);
    }

    /// <summary>The name of a type that the module refers to.</summary>
    /// <param name="metadata">The module's metadata.</param>
    /// <param name="type">The reference.</param>
    public static string Of(MetadataReader metadata, TypeReference type)
    {
        var name = metadata.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{Of(metadata, metadata.GetTypeReference((TypeReferenceHandle)type.ResolutionScope))}+{name}"
            : Join(metadata.GetString(type.Namespace), name);
    }

    private static string Join(string space, string name) => space.Length == 0 ? name : $"{space}.{name}";
}
