using Memtrace.Events.Names;
using Memtrace.HeapSnapshots.Graph;

namespace Memtrace.HeapSnapshots;

/// <summary>Types of .NET and of Microsoft's libraries, as opposed to a program's own.</summary>
internal static class FrameworkTypes
{
    private const string StateMachine = "AsyncStateMachineBox";

    private static readonly string[] Beginnings = ["System.", "Microsoft.", "mscorlib.", "netstandard."];

    /// <summary>Whether a type is among them. The name of a nested type does not show it: it has no namespace.</summary>
    /// <param name="type">The type.</param>
    public static bool Contains(HeapType type) => IsOne(type.Module is { } module ? RecordedPath.FileName(module) : type.Name);

    /// <summary>
    /// Whether the fields of a type say something to the users of a program. Those of .NET's own types do not, except for the variables of async methods.
    /// </summary>
    /// <param name="type">The type.</param>
    public static bool HasTellingFields(HeapType type) => !Contains(type) || OpenTypeName.Of(type.Name).EndsWith(StateMachine, StringComparison.Ordinal);

    private static bool IsOne(string name) => Beginnings.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal));
}
