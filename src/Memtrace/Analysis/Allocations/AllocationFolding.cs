namespace Memtrace.Analysis.Allocations;

/// <summary>Where rare types and stacks went when their tables were folded.</summary>
/// <param name="types">The new number of each type.</param>
/// <param name="stacks">The new number of each stack.</param>
internal sealed class AllocationFolding(int[] types, int[] stacks)
{
    /// <summary>The new key of a type and stack. Several can have the same.</summary>
    public AllocationKey Of(AllocationKey key) => new(types[key.Type], Of(key.Stack));

    /// <summary>The new number of a stack. Several can have the same.</summary>
    public int Of(int stack) => stack == StackTable.None ? stack : stacks[stack];
}
