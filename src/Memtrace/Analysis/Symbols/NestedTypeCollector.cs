using System.Collections.Immutable;
using System.Reflection.Metadata;
using Memtrace.Events;
using Memtrace.Events.Names;

namespace Memtrace.Analysis.Symbols;

/// <summary>Collects the outer types of all nested types of a name in the tokens and signatures of a module.</summary>
/// <param name="name">The simple name.</param>
/// <param name="outers">Where to.</param>
internal sealed class NestedTypeCollector(string name, ISet<string> outers) : ISignatureTypeProvider<EntityHandle, MetadataReader>
{
    /// <summary>Adds a type that an instruction names, with its type arguments.</summary>
    /// <param name="metadata">The module's metadata.</param>
    /// <param name="type">Its token.</param>
    /// <returns>Its definition or reference; nil for arrays and the like.</returns>
    public EntityHandle Add(MetadataReader metadata, EntityHandle type) => type.Kind switch
    {
        HandleKind.TypeDefinition => GetTypeFromDefinition(metadata, (TypeDefinitionHandle)type, 0),
        HandleKind.TypeReference => GetTypeFromReference(metadata, (TypeReferenceHandle)type, 0),
        HandleKind.TypeSpecification => Add(metadata, metadata.GetTypeSpecification((TypeSpecificationHandle)type)),
        _ => default,
    };

    private EntityHandle Add(MetadataReader metadata, TypeSpecification type) => ModuleFile.IsBounded(metadata, type.Signature) ? type.DecodeSignature(this, metadata) : default;

    /// <inheritdoc/>
    public EntityHandle GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        var type = reader.GetTypeDefinition(handle);
        if (type.GetDeclaringType() is { IsNil: false } outer && reader.StringComparer.Equals(type.Name, name))
            outers.Add(DeclaredTypeName.Of(reader, reader.GetTypeDefinition(outer)));
        return handle;
    }

    /// <inheritdoc/>
    public EntityHandle GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        var type = reader.GetTypeReference(handle);
        if (type.ResolutionScope.Kind == HandleKind.TypeReference && reader.StringComparer.Equals(type.Name, name))
            outers.Add(DeclaredTypeName.Of(reader, reader.GetTypeReference((TypeReferenceHandle)type.ResolutionScope)));
        return handle;
    }

    /// <inheritdoc/>
    public EntityHandle GetTypeFromSpecification(MetadataReader reader, MetadataReader genericContext, TypeSpecificationHandle handle, byte rawTypeKind) => Add(reader, handle);

    /// <inheritdoc/>
    public EntityHandle GetGenericInstantiation(EntityHandle genericType, ImmutableArray<EntityHandle> typeArguments) => genericType;

    /// <inheritdoc/>
    public EntityHandle GetSZArrayType(EntityHandle elementType) => default;

    /// <inheritdoc/>
    public EntityHandle GetArrayType(EntityHandle elementType, ArrayShape shape) => default;

    /// <inheritdoc/>
    public EntityHandle GetByReferenceType(EntityHandle elementType) => default;

    /// <inheritdoc/>
    public EntityHandle GetPointerType(EntityHandle elementType) => default;

    /// <inheritdoc/>
    public EntityHandle GetFunctionPointerType(MethodSignature<EntityHandle> signature) => default;

    /// <inheritdoc/>
    public EntityHandle GetGenericMethodParameter(MetadataReader genericContext, int index) => default;

    /// <inheritdoc/>
    public EntityHandle GetGenericTypeParameter(MetadataReader genericContext, int index) => default;

    /// <inheritdoc/>
    public EntityHandle GetModifiedType(EntityHandle modifier, EntityHandle unmodifiedType, bool isRequired) => unmodifiedType;

    /// <inheritdoc/>
    public EntityHandle GetPinnedType(EntityHandle elementType) => elementType;

    /// <inheritdoc/>
    public EntityHandle GetPrimitiveType(PrimitiveTypeCode typeCode) => default;
}
