using System.Collections.Immutable;

namespace Memtrace.Events.Names;

/// <summary>A parsed type name of the runtime. Immutable.</summary>
/// <param name="Path">The outermost type with its namespace, then the nested types down to the type itself.</param>
/// <param name="Suffix">Array ranks and pointers in C# notation.</param>
internal sealed record RuntimeTypeName(ImmutableArray<TypeNameSegment> Path, string Suffix)
{
    /// <summary>The method whose state machine this type is; null for other types.</summary>
    public GeneratedName? StateMachine =>
        Path.Length > 0 && Path[^1].Generated is { Kind: GeneratedKind.StateMachine } machine ? machine : null;

    /// <summary>The enclosing type; with an empty path for an outermost type.</summary>
    public RuntimeTypeName Enclosing() => new(Path[..^1], Suffix: "");

    /// <summary>The type as written in the source: without the compiler's closure classes.</summary>
    public RuntimeTypeName WithoutClosures() =>
        new(Path.RemoveAll(segment => segment.Generated is { Kind: GeneratedKind.Closure }), Suffix);

    /// <summary>The name in C# notation, with namespaces.</summary>
    public override string ToString()
    {
        // The placeholder for any reference type in shared generic code.
        if (Path is [{ Name: "System.__Canon" }])
            return "_" + Suffix;

        var name = string.Join('.', Path);
        return Suffix.EndsWith('&') ? $"ref {name}{Suffix[..^1]}" : name + Suffix;
    }
}
