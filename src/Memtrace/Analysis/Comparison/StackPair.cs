using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Comparison;

/// <summary>Amounts by type and stack of two recordings under the names of <see cref="CrossBuildNames"/>, heaviest first.</summary>
/// <param name="Before">The amounts before.</param>
/// <param name="After">The amounts after.</param>
internal sealed record StackPair(ImmutableArray<StackAllocations> Before, ImmutableArray<StackAllocations> After)
{
    /// <summary>Sums amounts with the same key.</summary>
    /// <typeparam name="TKey">The key's type.</typeparam>
    /// <param name="key">The key of an amount.</param>
    public IEnumerable<AmountPair> GroupBy<TKey>(Func<StackAllocations, TKey> key)
        where TKey : notnull
    {
        // The recording after comes first, so that its names and lines represent both.
        var pairs = new Dictionary<TKey, AmountPair>();
        foreach (var item in After)
        {
            ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, key(item), out _);
            pair = (pair ?? AmountPair.Empty(item)) with { After = (pair?.After ?? Estimate.Zero) + item.Allocated };
        }

        foreach (var item in Before)
        {
            ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, key(item), out _);
            pair = (pair ?? AmountPair.Empty(item)) with { Before = (pair?.Before ?? Estimate.Zero) + item.Allocated };
        }

        return pairs.Values;
    }
}
