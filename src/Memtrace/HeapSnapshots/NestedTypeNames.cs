using System.Collections.Immutable;
using Memtrace.Events.Names;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots;

/// <summary>
/// Names of nested types, so that snapshots with different knowledge can be compared. Where the files of assemblies cannot be read, and in files of other tools,
/// types around a nested one are unknown, but not their arguments (<c>Entry&lt;K, V&gt;</c> instead of <c>Dictionary&lt;K, V&gt;.Entry</c>).
/// </summary>
internal static class NestedTypeNames
{
    /// <summary>A snapshot with the names that another one has for the same types.</summary>
    /// <param name="profile">The snapshot.</param>
    /// <param name="other">The other one.</param>
    public static HeapProfile Align(HeapProfile profile, HeapProfile other)
    {
        var (own, known) = (NamesIn(profile), NamesIn(other));
        var renamed = own.Where(name => !known.Contains(name) && NestedTypeName.WithoutOuter(name) is var simple && known.Contains(simple) && !own.Contains(simple))
            .ToDictionary(name => name, NestedTypeName.WithoutOuter, StringComparer.Ordinal);
        if (renamed.Count == 0)
            return profile;
        return profile with
        {
            Types = [.. profile.Types.Select(type => type with { Type = Renamed(type.Type) })],
            Roots = [.. profile.Roots.Select(root => root with { Type = root.Type is { } type ? Renamed(type) : null })],
            Retainers = [.. profile.Retainers.Select(RenamedBranch)],
            Suspects = [.. profile.Suspects.Select(suspect => suspect with { Type = Renamed(suspect.Type), Path = RenamedPath(suspect.Path) })],
        };

        string Renamed(string name) => renamed.GetValueOrDefault(name, name);

        ImmutableArray<HeapStep> RenamedPath(ImmutableArray<HeapStep> path) => [.. path.Select(step => step with { Name = Renamed(step.Name) })];

        HeapRetainer RenamedBranch(HeapRetainer branch) => branch with { Path = RenamedPath(branch.Path), Children = [.. branch.Children.Select(RenamedBranch)] };
    }

    private static HashSet<string> NamesIn(HeapProfile profile) => profile.Types.Select(type => type.Type).ToHashSet(StringComparer.Ordinal);
}
