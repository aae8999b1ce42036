using System.Collections.Immutable;

namespace Memtrace.Profiles;

/// <summary>How allocations were sampled.</summary>
public enum AllocationSampling
{
    /// <summary>Not at all: the recording has no allocation events.</summary>
    None,

    /// <summary>AllocationSampled (.NET 10 and later): each byte is sampled with the same probability; unbiased.</summary>
    Randomized,

    /// <summary>AllocationTick: one event per 100 KB or so of allocation; biased where allocation has a pattern.</summary>
    Tick,
}

/// <summary>Allocations of one type from one complete call stack.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Stack">The stack, or null if the event carried none.</param>
/// <param name="Allocated">How much, over the whole window.</param>
public sealed record StackAllocations(string Type, CallStack? Stack, Estimate Allocated);

/// <summary>Allocations of one type.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Allocated">How much, over the whole window.</param>
public sealed record TypeAllocations(string Type, Estimate Allocated);

/// <summary>
/// Allocations of one type at one call site. The site is the first frame of the user's own code;
/// where a stack has none, it is the leaf frame.
/// </summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Site">The frame that is the site, or null if the events carried no stack.</param>
/// <param name="Allocator">The leaf frame, which allocates, or null if the events carried no stack.</param>
/// <param name="Stack">The heaviest complete stack of the site, or null if the events carried no stack.</param>
/// <param name="Allocated">How much, over the whole window.</param>
public sealed record SiteAllocations(string Type, Frame? Site, Frame? Allocator, CallStack? Stack, Estimate Allocated);

/// <summary>All allocations of a recording's window. Types and sites are ordered by bytes, largest first.</summary>
/// <param name="Sampling">How they were sampled.</param>
/// <param name="Total">The total.</param>
/// <param name="BytesPerSecond">The total's bytes divided by the window's length.</param>
/// <param name="Types">By type.</param>
/// <param name="Sites">By type and call site.</param>
/// <param name="Stacks">By type and complete stack: the source of the types, the sites and the call tree.</param>
public sealed record AllocationProfile(
    AllocationSampling Sampling,
    Estimate Total,
    double BytesPerSecond,
    ImmutableArray<TypeAllocations> Types,
    ImmutableArray<SiteAllocations> Sites,
    ImmutableArray<StackAllocations> Stacks)
{
    /// <summary>The share of the bytes whose stacks are deeper than the runtime records: their outer callers are unknown.</summary>
    public double CutShare => Total.Bytes > 0 ? Stacks.Where(item => item.Stack is { IsCut: true }).Sum(item => item.Allocated.Bytes) / Total.Bytes : 0;

    /// <summary>Whether allocations were recorded at all. If not, all amounts are unknown.</summary>
    public bool IsKnown => Sampling != AllocationSampling.None;
}
