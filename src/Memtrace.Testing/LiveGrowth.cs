using System.Collections.Immutable;

namespace Memtrace.Testing;

/// <summary>What grows with each iteration of work.</summary>
/// <param name="Iterations">How many iterations there were.</param>
/// <param name="Types">Types of which objects are left by the iterations, those of the program first.</param>
/// <param name="Bytes">The growth of the live heap with each iteration.</param>
/// <param name="Heap">The heap at the end.</param>
internal sealed record LiveGrowth(int Iterations, ImmutableArray<TypeGrowth> Types, Slope Bytes, LiveObjects Heap)
{
    /// <summary>A smaller growth of the heap is not a leak unless its objects can be counted.</summary>
    private const double LeastBytes = 4096;

    /// <summary>Whether the work leaks.</summary>
    public bool IsLeak => !Types.IsEmpty || Bytes.Low > LeastBytes;

    /// <summary>What grew before, too.</summary>
    /// <param name="earlier">What grew before.</param>
    public LiveGrowth ConfirmedBy(LiveGrowth earlier) => this with
    {
        Types = [.. Types.Where(type => earlier.Types.Any(item => item.Type == type.Type))],
        Bytes = Bytes with { Low = Math.Min(Bytes.Low, earlier.Bytes.Low) },
    };
}

/// <summary>The growth of the objects of a type.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Objects">How many objects more with each iteration.</param>
/// <param name="Bytes">How many bytes more with each iteration.</param>
internal sealed record TypeGrowth(string Type, double Objects, double Bytes);
