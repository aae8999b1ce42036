using Memtrace.HeapSnapshots.Graph;

namespace Memtrace.HeapSnapshots;

/// <summary>Types of .NET and of Microsoft's libraries, as opposed to a program's own.</summary>
internal static class FrameworkTypes
{
    private static readonly string[] Beginnings = ["System.", "Microsoft.", "mscorlib.", "netstandard."];

    /// <summary>Whether a type is among them. The name of a nested type does not say so: it has no namespace.</summary>
    /// <param name="type">The type.</param>
    public static bool Contains(HeapType type) => IsOne(type.Module is { } module ? module[(module.LastIndexOfAny(['/', '\\']) + 1)..] : type.Name);

    private static bool IsOne(string name) => Beginnings.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal));
}
