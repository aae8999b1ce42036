using System.Runtime.InteropServices;
using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>What was allocated and what died, by type and stack. Only these sums remain of dead objects.</summary>
internal sealed class SiteLedger
{
    private readonly Dictionary<AllocationKey, int> _numbers = [];
    private readonly List<AllocationKey> _keys = [];
    private readonly List<Entry> _entries = [];

    /// <summary>The sums of one type and stack.</summary>
    public struct Entry
    {
        /// <summary>Bytes allocated since the start of the recording.</summary>
        public double AllocatedBytes;

        /// <summary>What was allocated in the window.</summary>
        public Estimate AllocatedInWindow;

        /// <summary>Bytes allocated in the window that died in generation 0.</summary>
        public double DiedGen0;

        /// <summary>Bytes allocated in the window that died in generation 1.</summary>
        public double DiedGen1;

        /// <summary>Bytes allocated in the window that died in generation 2 or on the large or pinned object heap.</summary>
        public double DiedGen2;

        /// <summary>Samples that a blocking collection has examined.</summary>
        public int Seen;

        /// <summary>Those that were alive when a blocking collection first examined them.</summary>
        public int SeenAlive;

        /// <summary>Adds the sums of another type and stack.</summary>
        public void Add(in Entry other)
        {
            AllocatedBytes += other.AllocatedBytes;
            AllocatedInWindow += other.AllocatedInWindow;
            DiedGen0 += other.DiedGen0;
            DiedGen1 += other.DiedGen1;
            DiedGen2 += other.DiedGen2;
            Seen += other.Seen;
            SeenAlive += other.SeenAlive;
        }
    }

    /// <summary>How many types and stacks there are.</summary>
    public int Count => _entries.Count;

    /// <summary>The type and stack of a number.</summary>
    public AllocationKey Key(int site) => _keys[site];

    /// <summary>The sums of a number.</summary>
    public ref Entry this[int site] => ref CollectionsMarshal.AsSpan(_entries)[site];

    /// <summary>The number of a type and stack, assigned on first use.</summary>
    public int Number(AllocationKey key)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, key, out var known);
        if (!known)
        {
            number = _entries.Count;
            _keys.Add(key);
            _entries.Add(default);
        }

        return number;
    }

    /// <summary>A blocking collection examines an object for the first time and finds it alive, which is certain.</summary>
    public void FindAlive(int site)
    {
        ref var entry = ref this[site];
        entry.Seen++;
        entry.SeenAlive++;
    }

    /// <summary>A blocking collection examines an object for the first time and finds it dead, which is certain.</summary>
    public void FindDead(int site) => this[site].Seen++;

    /// <summary>The share that survives the first collection; null before one. Never exactly 0 or 1: the posterior mean under Jeffreys' prior.</summary>
    public double? FirstSurvival(int site)
    {
        ref var entry = ref this[site];
        return entry.Seen > 0 ? (entry.SeenAlive + 0.5) / (entry.Seen + 1) : null;
    }

    /// <summary>Bytes allocated in the window died in a generation, 0 to 2.</summary>
    public void Die(int site, int generation, double bytes)
    {
        ref var entry = ref this[site];
        if (generation == 0)
            entry.DiedGen0 += bytes;
        else if (generation == 1)
            entry.DiedGen1 += bytes;
        else
            entry.DiedGen2 += bytes;
    }

    /// <summary>Types and stacks were folded: merges the sums of those that are the same now.</summary>
    /// <returns>The new number of each.</returns>
    public int[] Fold(AllocationFolding folding)
    {
        var (keys, entries) = (_keys.ToArray(), _entries.ToArray());
        _numbers.Clear();
        _keys.Clear();
        _entries.Clear();
        var numbers = Array.ConvertAll(keys, key => Number(folding.Of(key)));
        for (var i = 0; i < entries.Length; i++)
            this[numbers[i]].Add(entries[i]);
        return numbers;
    }

    /// <summary>Sums by number after a fold.</summary>
    /// <param name="bytes">The sums before it.</param>
    /// <param name="numbers">The new number of each.</param>
    /// <param name="count">How many there are now.</param>
    public static double[] Renumber(double[] bytes, int[] numbers, int count)
    {
        var sums = new double[count];
        for (var site = 0; site < bytes.Length; site++)
            sums[numbers[site]] += bytes[site];
        return sums;
    }

    /// <summary>Bytes allocated until now, by number.</summary>
    public double[] AllocatedBytes() => [.. _entries.Select(entry => entry.AllocatedBytes)];
}
