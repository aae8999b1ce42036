using System.Collections.Immutable;

namespace Memtrace.Events.Names;

/// <summary>One name in the path of a nested type.</summary>
/// <param name="Name">The name; for the outermost type with its namespace.</param>
/// <param name="Arity">The number of type parameters that the type declares itself.</param>
/// <param name="Arguments">The type arguments; empty for the open type.</param>
internal sealed record TypeNameSegment(string Name, int Arity, ImmutableArray<RuntimeTypeName> Arguments)
{
    /// <summary>The parsed name if it is compiler-generated, otherwise null.</summary>
    public GeneratedName? Generated => GeneratedName.Parse(Name[NamespaceLength..]);

    // A generated name starts with '<'; the namespace precedes it.
    private int NamespaceLength => Name.IndexOf('<') is > 0 and var start && Name[start - 1] == '.' ? start : 0;

    /// <summary>The name in C# notation.</summary>
    public override string ToString() =>
        (Generated is { } generated ? Name[..NamespaceLength] + generated.TypePath : Name) + TypeArguments();

    private string TypeArguments() => Arguments.IsEmpty
        ? Arity == 0 ? "" : $"<{new string(',', Arity - 1)}>"
        : $"<{string.Join(", ", Arguments)}>";
}
