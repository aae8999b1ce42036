using System.Collections.Immutable;

namespace Memtrace.Testing;

/// <summary>What grows with each iteration of work.</summary>
/// <param name="Iterations">How many iterations there were.</param>
/// <param name="Types">Types whose objects the iterations leave behind, those of the program first.</param>
/// <param name="Heap">The growth of the live heap with each iteration, in bytes.</param>
internal sealed record LiveGrowth(int Iterations, ImmutableArray<TypeGrowth> Types, Slope Heap)
{
    /// <summary>A smaller growth of the heap is not a leak unless its objects can be counted.</summary>
    private const double LeastBytes = 4096;

    /// <summary>Whether the work leaks.</summary>
    public bool IsLeak => !Types.IsEmpty || Heap.Low > LeastBytes;

    /// <summary>What grows with each iteration, in bytes: the objects that can be counted, or else the heap.</summary>
    public double Bytes => Types.IsEmpty ? Heap.PerIteration : Types.Sum(type => type.Bytes);

    /// <summary>Only what also grew in an earlier measurement.</summary>
    /// <param name="earlier">What grew before.</param>
    public LiveGrowth ConfirmedBy(LiveGrowth earlier) => this with
    {
        Types = [.. Types.Join(earlier.Types, type => type.Type, type => type.Type, (type, before) => type.ConfirmedBy(before))],
        Heap = Heap with { Low = Math.Min(Heap.Low, earlier.Heap.Low) },
    };
}
