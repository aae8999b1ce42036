using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Memtrace.HeapSnapshots.Sources.Metadata;

/// <summary>The types in signatures of a module (ECMA-335, II.23.2). The context of a signature is the type arguments of the type that it belongs to.</summary>
/// <param name="module">The module.</param>
/// <param name="modules">All modules of the process.</param>
internal sealed class SignatureTypes(LoadedModule module, LoadedModules modules) : ISignatureTypeProvider<MetadataType, ImmutableArray<MetadataType>>
{
    private const byte Class = 0x12;

    /// <inheritdoc/>
    public MetadataType GetPrimitiveType(PrimitiveTypeCode typeCode) => (MetadataType?)modules.FindInCore("System", typeCode.ToString()) ?? typeCode switch
    {
        PrimitiveTypeCode.Object or PrimitiveTypeCode.String => MetadataType.UnknownClass,
        _ => MetadataType.Pointer,
    };

    /// <inheritdoc/>
    public MetadataType GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => new DeclaredType(module, handle, []);

    /// <inheritdoc/>
    public MetadataType GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
        modules.Resolve(module, handle) ?? (rawTypeKind == Class ? MetadataType.UnknownClass : MetadataType.Unknown);

    /// <inheritdoc/>
    public MetadataType GetTypeFromSpecification(MetadataReader reader, ImmutableArray<MetadataType> genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        module.TypeOf(handle, genericContext);

    /// <inheritdoc/>
    public MetadataType GetSZArrayType(MetadataType elementType) => new ArrayType(elementType, 1);

    /// <inheritdoc/>
    public MetadataType GetArrayType(MetadataType elementType, ArrayShape shape) => new ArrayType(elementType, shape.Rank);

    /// <inheritdoc/>
    public MetadataType GetGenericInstantiation(MetadataType genericType, ImmutableArray<MetadataType> typeArguments) =>
        genericType is DeclaredType declared ? declared.With(typeArguments) : genericType;

    /// <inheritdoc/>
    public MetadataType GetGenericTypeParameter(ImmutableArray<MetadataType> genericContext, int index) =>
        !genericContext.IsDefault && index < genericContext.Length ? genericContext[index] : MetadataType.Unknown;

    /// <inheritdoc/>
    public MetadataType GetGenericMethodParameter(ImmutableArray<MetadataType> genericContext, int index) => MetadataType.Unknown;

    /// <inheritdoc/>
    public MetadataType GetModifiedType(MetadataType modifier, MetadataType unmodifiedType, bool isRequired) => unmodifiedType;

    /// <inheritdoc/>
    public MetadataType GetPinnedType(MetadataType elementType) => elementType;

    /// <inheritdoc/>
    public MetadataType GetByReferenceType(MetadataType elementType) => MetadataType.Pointer;

    /// <inheritdoc/>
    public MetadataType GetPointerType(MetadataType elementType) => MetadataType.Pointer;

    /// <inheritdoc/>
    public MetadataType GetFunctionPointerType(MethodSignature<MetadataType> signature) => MetadataType.Pointer;
}
