namespace Memtrace.Sessions;

/// <summary>Which allocation events a recording asks the runtime for.</summary>
public enum SamplingChoice
{
    /// <summary>The best that the runtime has: randomized from .NET 10 on, ticks before.</summary>
    Auto,

    /// <summary>AllocationSampled: unbiased, from .NET 10 on.</summary>
    Randomized,

    /// <summary>AllocationTick: every runtime has it; biased where allocation has a pattern.</summary>
    Tick,

    /// <summary>No allocation events.</summary>
    None,
}
