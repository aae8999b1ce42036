using System.Collections.Immutable;

namespace Memtrace.Profiles;

/// <summary>What changed between two snapshots of a heap. Objects have no identity across snapshots: types, paths and roots do. Immutable.</summary>
/// <param name="Before">The snapshot before.</param>
/// <param name="After">The snapshot after.</param>
/// <param name="Types">By type, the largest change first.</param>
/// <param name="Retainers">By what holds it, the largest change first. If a holder moved, its path is the one after.</param>
/// <param name="Roots">By root, the largest change first.</param>
public sealed record HeapComparison(
    HeapProfile Before, HeapProfile After, ImmutableArray<HeapChange> Types, ImmutableArray<HeapChange> Retainers, ImmutableArray<HeapChange> Roots)
{
    /// <summary>What to keep in mind because the snapshots are of different kinds; null if they are of the same kind.</summary>
    public string? Caveat => Before.Facts.IncludesGarbage is true == After.Facts.IncludesGarbage is true
        ? null
        : "Only one of the snapshots is from a copy of memory or a core dump. Its garbage is left out, but it names static fields of generic classes, which are handles in the other one. "
            + "For exact differences, take both snapshots in the same way.";

    /// <summary>Where memory accumulates in at least one of the snapshots, the largest change first. Bytes are those that are retained.</summary>
    public ImmutableArray<HeapChange> Suspects { get; init; } = [];
}

/// <summary>How a type, a path or a root changed.</summary>
/// <param name="Path">The type's name, the steps of the path, or the root's name.</param>
/// <param name="Before">Before; null if it was not there.</param>
/// <param name="After">After; null if it is gone.</param>
public sealed record HeapChange(ImmutableArray<string> Path, HeapAmount? Before, HeapAmount? After)
{
    /// <summary>How many more objects there are.</summary>
    public long ObjectsDifference => (After?.Objects ?? 0) - (Before?.Objects ?? 0);

    /// <summary>How many more bytes they take.</summary>
    public long BytesDifference => (After?.Bytes ?? 0) - (Before?.Bytes ?? 0);

    /// <summary>How many more bytes they retain; null if it is not known what holds the objects.</summary>
    public long? RetainedDifference =>
        Before is { RetainedBytes: null } || After is { RetainedBytes: null } ? null : (After?.RetainedBytes ?? 0) - (Before?.RetainedBytes ?? 0);

    /// <summary>Its result.</summary>
    public ChangeTag Tag => this switch
    {
        { Before: null } => ChangeTag.New,
        { After: null } => ChangeTag.Gone,
        _ => Math.Sign(Direction) switch { > 0 => ChangeTag.Grown, < 0 => ChangeTag.Shrunk, _ => ChangeTag.None },
    };

    /// <summary>The direction of the change: by bytes, else by objects, else by what they retain.</summary>
    private long Direction => BytesDifference != 0 ? BytesDifference : ObjectsDifference != 0 ? ObjectsDifference : RetainedDifference ?? 0;
}

/// <summary>How much there is.</summary>
/// <param name="Objects">How many objects.</param>
/// <param name="Bytes">Their size, in bytes.</param>
/// <param name="RetainedBytes">What would be freed without them, in bytes; null if it is not known what holds the objects.</param>
public sealed record HeapAmount(long Objects, long Bytes, long? RetainedBytes);
