namespace Memtrace.Sessions;

/// <summary>The allocation events that a recording requests from the runtime.</summary>
public enum SamplingChoice
{
    /// <summary>The best available: randomized from .NET 10 on, ticks before.</summary>
    Auto,

    /// <summary>AllocationSampled: unbiased, from .NET 10 on.</summary>
    Randomized,

    /// <summary>AllocationTick: available in every runtime; biased if allocations follow a pattern.</summary>
    Tick,

    /// <summary>No allocation events.</summary>
    None,
}
