using System.Collections.Immutable;

namespace Memtrace.Events.Names;

/// <summary>A type name of the runtime, taken apart. Immutable.</summary>
/// <param name="Path">The outermost type with its namespace, then the types nested in it down to the type itself.</param>
/// <param name="Suffix">Array ranks and pointers, as C# writes them.</param>
internal sealed record RuntimeTypeName(ImmutableArray<TypeNameSegment> Path, string Suffix)
{
    /// <summary>The method whose state machine this type is, or null.</summary>
    public GeneratedName? StateMachine =>
        Path.Length > 0 && Path[^1].Generated is { Kind: GeneratedKind.StateMachine } machine ? machine : null;

    /// <summary>The type that this type is nested in; without any name for an outermost type.</summary>
    public RuntimeTypeName Enclosing() => new(Path[..^1], Suffix: "");

    /// <summary>The type as it was written: without the classes in which the compiler puts lambdas and captured variables.</summary>
    public RuntimeTypeName WithoutClosures() =>
        new(Path.RemoveAll(segment => segment.Generated is { Kind: GeneratedKind.Closure }), Suffix);

    /// <summary>The name as C# writes it, with namespaces.</summary>
    public override string ToString()
    {
        // The argument that stands for any reference type in code that all of them share.
        if (Path is [{ Name: "System.__Canon" }])
            return "_" + Suffix;

        var name = string.Join('.', Path);
        return Suffix.EndsWith('&') ? $"ref {name}{Suffix[..^1]}" : name + Suffix;
    }
}

/// <summary>One of the names that nested types make a path of.</summary>
/// <param name="Name">The name; the outermost type's has the namespace before it.</param>
/// <param name="Arity">How many type parameters the type declares itself.</param>
/// <param name="Arguments">The arguments for them; empty for the open type.</param>
internal sealed record TypeNameSegment(string Name, int Arity, ImmutableArray<RuntimeTypeName> Arguments)
{
    /// <summary>What the compiler meant if it made the name up, otherwise null.</summary>
    public GeneratedName? Generated => GeneratedName.Parse(Name[NamespaceLength..]);

    // A compiler's name begins with '<'; what is before it is the namespace.
    private int NamespaceLength => Name.IndexOf('<') is > 0 and var start && Name[start - 1] == '.' ? start : 0;

    /// <summary>The name as C# writes it.</summary>
    public override string ToString() =>
        (Generated is { } generated ? Name[..NamespaceLength] + generated.TypePath : Name) + TypeArguments();

    private string TypeArguments() => Arguments.IsEmpty
        ? Arity == 0 ? "" : $"<{new string(',', Arity - 1)}>"
        : $"<{string.Join(", ", Arguments)}>";
}
