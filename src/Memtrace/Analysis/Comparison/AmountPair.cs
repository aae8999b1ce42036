using Memtrace.Profiles;

namespace Memtrace.Analysis.Comparison;

/// <summary>Amounts of the same key in both recordings.</summary>
/// <param name="Example">The heaviest item after, or before if there is none after.</param>
/// <param name="Before">The amount before.</param>
/// <param name="After">The amount after.</param>
internal sealed record AmountPair(StackAllocations Example, Estimate Before, Estimate After)
{
    /// <summary>No amounts.</summary>
    public static AmountPair Empty(StackAllocations example) => new(example, Estimate.Zero, Estimate.Zero);
}
