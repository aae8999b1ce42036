using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using Memtrace.Events.Names;

namespace Memtrace.HeapSnapshots.Sources.Metadata;

/// <summary>A type as a field declares it, or as an object has it. Immutable.</summary>
internal abstract class MetadataType
{
    /// <summary>A type that is not known: it may be any.</summary>
    public static MetadataType Unknown { get; } = new UnknownType(null);

    /// <summary>A type that is not known, but for its being a class.</summary>
    public static MetadataType UnknownClass { get; } = new UnknownType(true);

    /// <summary>What is no object and holds none: pointers.</summary>
    public static MetadataType Pointer { get; } = new UnknownType(false);

    /// <summary>Whether fields of the type refer to objects; null if that is not known. Fields of structs hold the struct itself.</summary>
    public abstract bool? IsReference { get; }

    /// <summary>Whether a field of this type can refer to an object of another. Where something is not known, it can.</summary>
    /// <param name="held">The type of the object.</param>
    public bool CanHold(MetadataType held)
    {
        ArgumentNullException.ThrowIfNull(held);
        return this is UnknownType || held is UnknownType || CanHoldKnown(held);
    }

    /// <summary>Whether both can be the same type.</summary>
    /// <param name="other">The other one.</param>
    public bool CanBe(MetadataType other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this is UnknownType || other is UnknownType || CanBeKnown(other);
    }

    /// <summary>A type parameter: it is not known, but the same wherever it stands.</summary>
    /// <param name="index">Which one of its class.</param>
    public static MetadataType Parameter(int index) => new UnknownType(null) { Index = index };

    /// <summary>Finds the type arguments with which this is the type of an object. Those of its base types are not asked.</summary>
    /// <param name="held">The type of the object.</param>
    /// <param name="arguments">The type arguments that are known so far, by <see cref="Parameter"/>; null if they are not. It gets those that are found.</param>
    /// <returns>False if they contradict those known so far.</returns>
    public virtual bool TryInfer(MetadataType held, MetadataType?[] arguments) => true;

    /// <summary>The same for two types that are known.</summary>
    protected abstract bool CanHoldKnown(MetadataType held);

    /// <summary>The same for two types that are known.</summary>
    protected abstract bool CanBeKnown(MetadataType other);

    private sealed class UnknownType(bool? isReference) : MetadataType
    {
        public override bool? IsReference => isReference;

        public int? Index { get; init; }

        public override bool TryInfer(MetadataType held, MetadataType?[] arguments) => Index is not { } index || (arguments[index] ??= held).CanBe(held);

        protected override bool CanHoldKnown(MetadataType held) => true;

        protected override bool CanBeKnown(MetadataType other) => true;
    }
}

/// <summary>An array.</summary>
/// <param name="element">The type of its elements.</param>
/// <param name="rank">How many dimensions it has.</param>
internal sealed class ArrayType(MetadataType element, int rank) : MetadataType
{
    /// <inheritdoc/>
    public override bool? IsReference => true;

    /// <summary>The type of its elements.</summary>
    private MetadataType Element { get; } = element;

    private int Rank { get; } = rank;

    /// <inheritdoc/>
    public override bool TryInfer(MetadataType held, MetadataType?[] arguments) => held is not ArrayType array || Element.TryInfer(array.Element, arguments);

    /// <inheritdoc/>
    protected override bool CanHoldKnown(MetadataType held) => held is ArrayType array && array.Rank == Rank && CanHoldElements(array.Element);

    /// <inheritdoc/>
    protected override bool CanBeKnown(MetadataType other) => other is ArrayType array && array.Rank == Rank && Element.CanBe(array.Element);

    // The runtime takes arrays of numbers for arrays of enumerations, and of signed for those of unsigned ones.
    private bool CanHoldElements(MetadataType held) => (Element.IsReference, held.IsReference) switch
    {
        (true, false) or (false, true) => false,
        (false, false) => Element.CanBe(held) || (Element is DeclaredType { IsNumber: true } && held is DeclaredType { IsNumber: true }),
        _ => Element.CanHold(held),
    };
}

/// <summary>A type that a module declares: a class, a struct or an interface.</summary>
/// <param name="module">The module.</param>
/// <param name="handle">Where it is declared.</param>
/// <param name="arguments">Its type arguments.</param>
internal sealed class DeclaredType(LoadedModule module, TypeDefinitionHandle handle, ImmutableArray<MetadataType> arguments) : MetadataType
{
    private readonly Lazy<bool?> _isReference = new(() => IsReferenceType(module, handle));

    /// <summary>The module.</summary>
    public LoadedModule Module { get; } = module;

    /// <summary>What the module says of it.</summary>
    public TypeDefinition Definition => Module.Metadata.GetTypeDefinition(Handle);

    /// <inheritdoc/>
    public override bool? IsReference => _isReference.Value;

    /// <summary>Whether it is a number or an enumeration.</summary>
    public bool IsNumber => IsReference == false && (Base is DeclaredType { IsEnum: true } || IsPrimitive);

    /// <summary>The type that it derives from; null if there is none.</summary>
    public MetadataType? Base => Definition.BaseType is { IsNil: false } type ? Module.TypeOf(type, Arguments) : null;

    private bool IsEnum => IsNamed("System", "Enum");

    private bool IsPrimitive => Module.Metadata.GetString(Definition.Name) is var name && Enum.IsDefined(typeof(PrimitiveTypeCode), name) && IsNamed("System", name);

    private bool IsInterface => Definition.Attributes.HasFlag(TypeAttributes.Interface);

    private ImmutableArray<MetadataType> Arguments { get; } = arguments;

    private TypeDefinitionHandle Handle { get; } = handle;

    /// <summary>The same generic type with arguments.</summary>
    /// <param name="values">The arguments.</param>
    public DeclaredType With(ImmutableArray<MetadataType> values) => new(Module, Handle, values);

    /// <summary>Whether it is nested in another type.</summary>
    public bool IsNested => !Definition.GetDeclaringType().IsNil;

    /// <summary>Its own name in the runtime's notation, without namespace, types around it, and arguments.</summary>
    public string SimpleName => Module.Metadata.GetString(Definition.Name);

    /// <summary>A type that is nested in it.</summary>
    /// <returns>Null if there is none.</returns>
    public DeclaredType? FindNested(string name) => Module.FindNested(Handle, name) is { } nested ? new DeclaredType(Module, nested, []) : null;

    /// <summary>Whether it is another construction of the same type, or the same.</summary>
    public bool IsSameAs(DeclaredType other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Module == other.Module && Handle == other.Handle;
    }

    /// <summary>Whether it has an attribute.</summary>
    /// <param name="name">The name of the attribute's class, without its namespace.</param>
    public bool HasAttribute(string name) => Definition.GetCustomAttributes().Any(attribute => MetadataAttribute.IsOf(Module.Metadata, attribute, name));

    /// <summary>Whether it is called so.</summary>
    public bool IsNamed(string space, string name) => Module.IsNamed(Definition, space, name);

    /// <summary>The type that a field of it has.</summary>
    /// <param name="field">The field.</param>
    public MetadataType TypeOf(FieldDefinition field) => Module.TypeOf(field, Arguments);

    /// <inheritdoc/>
    public override bool TryInfer(MetadataType held, MetadataType?[] arguments) =>
        held is not DeclaredType type || !IsSameAs(type) || Arguments.Length != type.Arguments.Length || Arguments.Zip(type.Arguments).All(pair => pair.First.TryInfer(pair.Second, arguments));

    /// <summary>Its name in the runtime's notation, without arguments.</summary>
    public override string ToString() => DeclaredTypeName.Of(Module.Metadata, Definition);

    /// <inheritdoc/>
    protected override bool CanHoldKnown(MetadataType held) =>
        IsNamed("System", "Object") || (held is DeclaredType type ? type.IsOf(this, []) : IsInterface || IsNamed("System", "Array"));

    /// <inheritdoc/>
    protected override bool CanBeKnown(MetadataType other) => other is DeclaredType type && IsSameAs(type) && HasArgumentsOf(type);

    private static bool? IsReferenceType(LoadedModule module, TypeDefinitionHandle handle)
    {
        var definition = module.Metadata.GetTypeDefinition(handle);
        if (definition.BaseType.IsNil || module.IsNamed(definition, "System", "Enum"))
            return true;
        return module.NameOf(definition.BaseType) is { } name ? name is not ("System.ValueType" or "System.Enum") : true;
    }

    /// <summary>Whether its objects are also of another type: it, a base of its, or an interface.</summary>
    /// <param name="wanted">The other type.</param>
    /// <param name="visited">What was asked so far: damaged metadata can go round in circles.</param>
    private bool IsOf(DeclaredType wanted, HashSet<VisitedType> visited)
    {
        if (IsSameAs(wanted) && IsVariantOf(wanted))
            return true;
        if (!visited.Add(new VisitedType(Module, Handle)))
            return false;
        return (wanted.IsInterface && (IsAnyInterface || Implements(wanted, visited))) || Base switch
        {
            null => false,
            DeclaredType declared => declared.IsOf(wanted, visited),
            _ => true,
        };
    }

    // Objects that decide at run time what they implement.
    private bool IsAnyInterface => IsNamed("System", "__ComObject") || IsNamed("System.Runtime.InteropServices", "IDynamicInterfaceCastable");

    private bool Implements(DeclaredType wanted, HashSet<VisitedType> visited) => Definition.GetInterfaceImplementations()
        .Select(item => Module.TypeOf(Module.Metadata.GetInterfaceImplementation(item).Interface, Arguments))
        .Any(implemented => implemented is not DeclaredType type || type.IsOf(wanted, visited));

    private bool HasArgumentsOf(DeclaredType other) =>
        Arguments.Length != other.Arguments.Length || Arguments.Zip(other.Arguments).All(pair => pair.First.CanBe(pair.Second));

    // Whether variance allows it is not asked: nearly always it does.
    private bool IsVariantOf(DeclaredType wanted) => Arguments.Length != wanted.Arguments.Length
        || Enumerable.Range(0, Arguments.Length).All(i => Arguments[i].CanBe(wanted.Arguments[i]) || IsVariant(Definition.GetGenericParameters()[i]));

    private bool IsVariant(GenericParameterHandle parameter) =>
        (Module.Metadata.GetGenericParameter(parameter).Attributes & GenericParameterAttributes.VarianceMask) != GenericParameterAttributes.None;

    private readonly record struct VisitedType(LoadedModule Module, TypeDefinitionHandle Handle);
}
