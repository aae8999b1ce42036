using System.Collections.Immutable;

namespace Memtrace.Profiles;

/// <summary>What changed between two snapshots of a heap. Objects have no identity across snapshots: types, paths and roots do. Immutable.</summary>
/// <param name="Before">The snapshot before.</param>
/// <param name="After">The snapshot after.</param>
/// <param name="Types">By type, the largest change first.</param>
/// <param name="Retainers">By what holds it, the largest change first. A path is the one after, where its holder moved.</param>
/// <param name="Roots">By root, the largest change first.</param>
public sealed record HeapComparison(
    HeapProfile Before, HeapProfile After, ImmutableArray<HeapChange> Types, ImmutableArray<HeapChange> Retainers, ImmutableArray<HeapChange> Roots)
{
    /// <summary>Where memory gathers in at least one of the snapshots, the largest change first. Bytes are those that are retained.</summary>
    public ImmutableArray<HeapChange> Suspects { get; init; } = [];
}

/// <summary>What became of a type, of a path, or of a root.</summary>
/// <param name="Path">The type's name, the steps of the path, or what the root is called.</param>
/// <param name="Before">Before; null if it was not there.</param>
/// <param name="After">After; null if it is gone.</param>
public sealed record HeapChange(ImmutableArray<string> Path, HeapAmount? Before, HeapAmount? After)
{
    /// <summary>How many objects more there are.</summary>
    public long ObjectsDifference => (After?.Objects ?? 0) - (Before?.Objects ?? 0);

    /// <summary>How many bytes more they are.</summary>
    public long BytesDifference => (After?.Bytes ?? 0) - (Before?.Bytes ?? 0);

    /// <summary>How many bytes more they retain; null if it is not known what holds the objects.</summary>
    public long? RetainedDifference =>
        Before is { RetainedBytes: null } || After is { RetainedBytes: null } ? null : (After?.RetainedBytes ?? 0) - (Before?.RetainedBytes ?? 0);

    /// <summary>Its result.</summary>
    public ChangeTag Tag => this switch
    {
        { Before: null } => ChangeTag.New,
        { After: null } => ChangeTag.Gone,
        _ => Math.Sign(Direction) switch { > 0 => ChangeTag.Grown, < 0 => ChangeTag.Shrunk, _ => ChangeTag.None },
    };

    /// <summary>Which way it went: by bytes, else by objects, else by what they retain.</summary>
    private long Direction => BytesDifference != 0 ? BytesDifference : ObjectsDifference != 0 ? ObjectsDifference : RetainedDifference ?? 0;
}

/// <summary>How much there is.</summary>
/// <param name="Objects">How many objects.</param>
/// <param name="Bytes">Their size, in bytes.</param>
/// <param name="RetainedBytes">What would be freed without them, in bytes; null if it is not known what holds the objects.</param>
public sealed record HeapAmount(long Objects, long Bytes, long? RetainedBytes);
