using System.Reflection.Metadata;

namespace Memtrace.HeapSnapshots.Sources.Metadata;

/// <summary>Attributes in metadata.</summary>
internal static class MetadataAttribute
{
    /// <summary>Whether an attribute is of a class.</summary>
    /// <param name="metadata">The metadata.</param>
    /// <param name="attribute">The attribute.</param>
    /// <param name="name">The name of the class, without its namespace.</param>
    public static bool IsOf(MetadataReader metadata, CustomAttributeHandle attribute, string name) =>
        metadata.GetCustomAttribute(attribute).Constructor is var constructor && constructor.Kind switch
        {
            HandleKind.MemberReference => metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent is { Kind: HandleKind.TypeReference } parent
                && metadata.StringComparer.Equals(metadata.GetTypeReference((TypeReferenceHandle)parent).Name, name),
            HandleKind.MethodDefinition => metadata.GetMethodDefinition((MethodDefinitionHandle)constructor).GetDeclaringType() is var parent
                && metadata.StringComparer.Equals(metadata.GetTypeDefinition(parent).Name, name),
            _ => false,
        };
}
