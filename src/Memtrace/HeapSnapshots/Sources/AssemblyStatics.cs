using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using Memtrace.Events;
using Memtrace.Events.Names;
using Memtrace.HeapSnapshots.Sources.Metadata;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>A static field as its assembly declares it.</summary>
/// <param name="Class">The class, as C# writes it.</param>
/// <param name="Field">The field's name.</param>
/// <param name="Ordinal">How many fields of the class that lie on the heap are declared before it.</param>
/// <param name="ObjectType">What the name of the object's type has to be, in the runtime's notation; an open generic type stands for all. Null: any.</param>
/// <param name="IsArray">Whether the object is an array.</param>
internal sealed record DeclaredStatic(string Class, string Field, int Ordinal, string? ObjectType, bool IsArray)
{
    /// <summary><c>Namespace.Class.Field</c>; a property stands for its field.</summary>
    public string Name => FieldName.Of(Class, Field);

    /// <summary>Whether an object of a type can be in it.</summary>
    /// <param name="type">The type's name, in the runtime's notation.</param>
    public bool CanHold(string type) => type.Length == 0 || (IsArray
        ? type.EndsWith(']')
        : ObjectType is null || type == ObjectType || (type.StartsWith(ObjectType, StringComparison.Ordinal) && type[ObjectType.Length] == '['));
}

/// <summary>The static fields of an assembly that hold objects, in the order of its metadata, which is the one in which the runtime walks them.</summary>
internal static class AssemblyStatics
{
    /// <summary>Reads them.</summary>
    /// <param name="metadata">The assembly's metadata.</param>
    /// <returns>Empty if it is damaged.</returns>
    public static ImmutableArray<DeclaredStatic> Read(MetadataReader metadata)
    {
        try
        {
            var fields = ImmutableArray.CreateBuilder<DeclaredStatic>();

            // Each construction of a generic class has its own statics, which the runtime does not report.
            foreach (var type in metadata.TypeDefinitions.Select(metadata.GetTypeDefinition).Where(type => type.GetGenericParameters().Count == 0))
                AddFields(fields, metadata, type);
            return fields.ToImmutable();
        }
        catch (Exception e) when (ModuleFile.IsUnreadable(e))
        {
            return [];
        }
    }

    private static void AddFields(ImmutableArray<DeclaredStatic>.Builder fields, MetadataReader metadata, TypeDefinition type)
    {
        string? className = null;
        var ordinal = 0;
        foreach (var handle in type.GetFields())
        {
            var field = metadata.GetFieldDefinition(handle);
            if (!IsOnHeap(metadata, field))
                continue;
            className ??= ReadableNames.Type(DeclaredTypeName.Of(metadata, type));
            if (ShapeOf(metadata, field) is { } shape)
                fields.Add(new DeclaredStatic(className, metadata.GetString(field.Name), ordinal++, shape.ObjectType, shape.IsArray));
        }
    }

    private static bool IsOnHeap(MetadataReader metadata, FieldDefinition field)
    {
        const FieldAttributes Elsewhere = FieldAttributes.Literal | FieldAttributes.HasFieldRVA;
        return field.Attributes.HasFlag(FieldAttributes.Static) && (field.Attributes & Elsewhere) == default && !field.GetCustomAttributes().Any(attribute => MetadataAttribute.IsOf(metadata, attribute, nameof(ThreadStaticAttribute)));
    }

    /// <summary>What an object in the field is; null if the field holds no object. ECMA-335, II.23.2.4.</summary>
    private static FieldShape? ShapeOf(MetadataReader metadata, FieldDefinition field)
    {
        var signature = metadata.GetBlobReader(field.Signature);
        signature.ReadSignatureHeader();
        var code = signature.ReadCompressedInteger();
        for (; code is (int)SignatureTypeCode.OptionalModifier or (int)SignatureTypeCode.RequiredModifier; code = signature.ReadCompressedInteger())
            signature.ReadTypeHandle();
        if (code == (int)SignatureTypeCode.GenericTypeInstance)
            code = signature.ReadCompressedInteger();
        return code switch
        {
            (int)SignatureTypeCode.String => new FieldShape("System.String", IsArray: false),
            (int)SignatureTypeCode.Object => new FieldShape(null, IsArray: false),
            (int)SignatureTypeCode.SZArray or (int)SignatureTypeCode.Array => new FieldShape(null, IsArray: true),
            (int)SignatureTypeKind.ValueType => ShapeOfValue(metadata, signature.ReadTypeHandle()),
            (int)SignatureTypeKind.Class => ShapeOfClass(metadata, signature.ReadTypeHandle()),
            _ => null,
        };
    }

    // Values of structs are boxed; those of enumerations are numbers.
    private static FieldShape? ShapeOfValue(MetadataReader metadata, EntityHandle type) =>
        type.Kind == HandleKind.TypeDefinition && IsEnum(metadata, metadata.GetTypeDefinition((TypeDefinitionHandle)type)) ? null : new FieldShape(ReportedNameOf(metadata, type), IsArray: false);

    private static FieldShape ShapeOfClass(MetadataReader metadata, EntityHandle type)
    {
        var isSealed = type.Kind == HandleKind.TypeDefinition
            && metadata.GetTypeDefinition((TypeDefinitionHandle)type).Attributes.HasFlag(TypeAttributes.Sealed);
        return new FieldShape(isSealed ? ReportedNameOf(metadata, type) : null, IsArray: false);
    }

    private static bool IsEnum(MetadataReader metadata, TypeDefinition type) => DeclaredTypeName.Of(metadata, type.BaseType) == "System.Enum";

    // The runtime reports a nested type without the types around it.
    private static string? ReportedNameOf(MetadataReader metadata, EntityHandle type) => DeclaredTypeName.Of(metadata, type) is { } name ? name[(name.LastIndexOf('+') + 1)..] : null;

    private sealed record FieldShape(string? ObjectType, bool IsArray);
}
