using System.Collections.Immutable;
using Memtrace.Events.Names;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Comparison;

/// <summary>
/// Names of nested types in two recordings. A recording has the types around a nested one only where several types have its simple name, so
/// <c>Node</c> of one can be <c>Tree.Node</c> of the other: it is if the same call site allocates it, and nothing called <c>Node</c> besides.
/// </summary>
internal static class OuterTypeNames
{
    /// <summary>The amounts of a recording under the names that the other one has for the same types.</summary>
    /// <param name="stacks">The amounts.</param>
    /// <param name="other">The amounts of the other recording.</param>
    public static ImmutableArray<StackAllocations> Align(ImmutableArray<StackAllocations> stacks, ImmutableArray<StackAllocations> other)
    {
        var types = other.Select(item => (Site: SiteOf(item), item.Type)).Where(item => item.Site is not null).Distinct().ToLookup(item => item.Site, item => item.Type);
        return [.. stacks.Select(item => MayBeNested(item.Type) ? item with { Type = NameIn(item, types[SiteOf(item)]) } : item)];
    }

    private static string NameIn(StackAllocations item, IEnumerable<string> types)
    {
        var namesakes = types.Where(type => NestedTypeName.WithoutOuter(type) == item.Type).ToList();
        return namesakes is [var only] ? only : item.Type;
    }

    /// <summary>A type outside of others has the name of its namespace, if that has one.</summary>
    private static bool MayBeNested(string type) => !type.AsSpan(0, type.IndexOf('<', StringComparison.Ordinal) is >= 0 and var end ? end : type.Length).Contains('.');

    private static (string Method, string? Module)? SiteOf(StackAllocations item) => item.Stack?.Site is { } site ? (site.Method, site.Module) : null;
}
