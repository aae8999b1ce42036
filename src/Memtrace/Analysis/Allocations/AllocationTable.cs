using System.Runtime.InteropServices;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Allocations;

/// <summary>What was allocated, by type and stack.</summary>
internal sealed class AllocationTable
{
    private readonly Dictionary<Key, Estimate> _amounts = [];

    /// <summary>A type and a stack, as indexes into their tables.</summary>
    public readonly record struct Key(int Type, int Stack);

    /// <summary>All of it.</summary>
    public Estimate Total { get; private set; }

    /// <summary>Each type and stack with its amount.</summary>
    public IReadOnlyCollection<KeyValuePair<Key, Estimate>> Amounts => _amounts;

    /// <summary>Adds an amount.</summary>
    public void Add(Key key, in Estimate amount)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_amounts, key, out _);
        sum += amount;
        Total += amount;
    }
}
