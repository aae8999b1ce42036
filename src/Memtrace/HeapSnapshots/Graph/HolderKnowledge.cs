namespace Memtrace.HeapSnapshots.Graph;

/// <summary>What is known of types, by their numbers, as holders of objects.</summary>
/// <param name="ExplainsNothing">Whether a type explains nothing as a holder, such as tables of the runtime that contain everything.</param>
internal sealed record HolderKnowledge(Func<int, bool> ExplainsNothing)
{
    /// <summary>Whether objects of a type are linked with each other, in a list that holds the first of them.</summary>
    public Func<int, bool> IsLinked { get; init; } = _ => false;

    /// <summary>Whether objects of the first type hold those of the second one as their list, or as the ones before them in it.</summary>
    public Func<int, int, bool> Links { get; init; } = (_, _) => true;
}
