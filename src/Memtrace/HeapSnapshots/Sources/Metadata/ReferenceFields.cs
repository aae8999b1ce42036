using System.Collections.Immutable;
using System.Reflection;

namespace Memtrace.HeapSnapshots.Sources.Metadata;

/// <summary>A place in an object that refers to another one.</summary>
/// <param name="Name">The field; in a struct, with the field that the struct is.</param>
/// <param name="Type">Its type.</param>
internal readonly record struct ReferenceField(string Name, MetadataType Type);

/// <summary>
/// The fields of a class that refer to objects, in the order in which the runtime's collector visits them: those of the base class, the class's own
/// references, and those in its structs, each as they are declared. Immutable once built.
/// </summary>
internal sealed class ReferenceFields
{
    private const int MostFields = 500;
    private const int DeepestStruct = 32;

    private readonly ImmutableArray<ReferenceField>.Builder _fields = ImmutableArray.CreateBuilder<ReferenceField>();

    private ReferenceFields()
    {
    }

    /// <summary>The fields.</summary>
    public ImmutableArray<ReferenceField> All => _fields.ToImmutable();

    /// <summary>Whether their order is known. The layout of some classes and structs is for their author to decide.</summary>
    public bool IsOrdered { get; private set; } = true;

    /// <summary>The fields of a class, and of those that it derives from.</summary>
    /// <param name="type">The class.</param>
    /// <returns>Null where not all of them are known.</returns>
    public static ReferenceFields? Of(DeclaredType type)
    {
        var fields = new ReferenceFields();
        return fields.AddClass(type, []) ? fields : null;
    }

    private bool AddClass(DeclaredType type, HashSet<string> visited)
    {
        if (!visited.Add($"{type}"))
            return false;
        return type.Base switch
        {
            null => true,
            DeclaredType parent => AddClass(parent, visited) && AddFields(type, "", 0),
            _ => false,
        };
    }

    private bool AddFields(DeclaredType type, string prefix, int depth)
    {
        var (fields, count) = (FieldsOf(type, prefix), _fields.Count);
        var isKnown = depth < DeepestStruct
            && fields.All(field => field.Type.IsReference is not null)
            && AddReferences(fields.Where(field => field.Type.IsReference == true))
            && fields.Where(field => field.Type.IsReference == false).All(field => AddStruct(field, type, depth));
        IsOrdered &= _fields.Count == count || !IsLaidOutByAuthor(type);
        return isKnown;
    }

    // A number is a struct that contains itself.
    private bool AddStruct(ReferenceField field, DeclaredType container, int depth) =>
        field.Type is not DeclaredType { IsNumber: false } type || type.IsSameAs(container) || AddFields(type, $"{field.Name}.", depth + 1);

    private bool AddReferences(IEnumerable<ReferenceField> fields)
    {
        _fields.AddRange(fields);
        return _fields.Count <= MostFields;
    }

    private static List<ReferenceField> FieldsOf(DeclaredType type, string prefix) =>
    [
        .. from handle in type.Definition.GetFields()
           let field = type.Module.Metadata.GetFieldDefinition(handle)
           where !field.Attributes.HasFlag(FieldAttributes.Static)
           select new ReferenceField(prefix + FieldName.Readable(type.Module.Metadata.GetString(field.Name)), type.TypeOf(field)),
    ];

    /// <summary>Also an inline array: its one field occurs several times.</summary>
    private static bool IsLaidOutByAuthor(DeclaredType type)
    {
        const TypeAttributes Automatic = TypeAttributes.AutoLayout, Sequential = TypeAttributes.SequentialLayout;
        return (type.Definition.Attributes & TypeAttributes.LayoutMask) is not (Automatic or Sequential) || type.HasAttribute("InlineArrayAttribute");
    }
}
