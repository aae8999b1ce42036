using Memtrace.Events.Names;
using Memtrace.HeapSnapshots.Graph;

namespace Memtrace.HeapSnapshots;

/// <summary>Types of .NET and of Microsoft's libraries, as opposed to a program's own.</summary>
internal static class FrameworkTypes
{
    private const string StateMachineBox = "AsyncStateMachineBox";
    private const string StateMachine = "StateMachine";

    private static readonly string[] Beginnings = ["System.", "Microsoft.", "mscorlib.", "netstandard."];

    /// <summary>Whether a type is among them. The name of a nested type does not show it: it has no namespace.</summary>
    /// <param name="type">The type.</param>
    public static bool Contains(HeapType type) => IsOne(type.Module is { } module ? RecordedPath.FileName(module) : type.Name);

    /// <summary>Whether any field of a type says something to the users of a program (<see cref="HasTellingField"/>).</summary>
    /// <param name="type">The type.</param>
    public static bool HasTellingFields(HeapType type) => HasTellingField(type, StateMachine);

    /// <summary>
    /// Whether a field of a type says something to the users of a program. Those of .NET's own types do not, except for the variables of async methods.
    /// </summary>
    /// <param name="type">The type.</param>
    /// <param name="field">The field.</param>
    public static bool HasTellingField(HeapType type, string field) => !Contains(type)
        || (field.StartsWith(StateMachine, StringComparison.Ordinal) && OpenTypeName.Of(type.Name).EndsWith(StateMachineBox, StringComparison.Ordinal));

    private static bool IsOne(string name) => Beginnings.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal));
}
