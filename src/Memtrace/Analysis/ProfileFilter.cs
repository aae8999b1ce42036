using System.Text.RegularExpressions;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.LiveHeap;
using Memtrace.Profiles;

namespace Memtrace.Analysis;

/// <summary>Restricts a profile to what matches all of its conditions.</summary>
/// <param name="Names">Matches the type or a method on the stack; null for any.</param>
/// <param name="Types">Matches the type; null for any.</param>
internal sealed record ProfileFilter(Regex? Names, Regex? Types = null)
{
    /// <summary>Excludes what methods that match allocate, but not what the program allocates above them on the stack; null to exclude nothing.</summary>
    public Regex? Without { get; init; }

    /// <summary>Restricts allocations and the live heap. Memory and collections remain unchanged.</summary>
    /// <param name="profile">The profile.</param>
    /// <exception cref="RegexMatchTimeoutException">An expression has a timeout, and matching took longer.</exception>
    public MemoryProfile Apply(MemoryProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return profile with
        {
            Allocations = Apply(profile.Allocations),
            Live = profile.Live is { } live ? Apply(live, profile.Allocations) : null,
        };
    }

    /// <summary>Restricts allocations to the stacks that match. Totals, types and sites are those of the remaining stacks.</summary>
    /// <param name="allocations">The allocations.</param>
    /// <exception cref="RegexMatchTimeoutException">An expression has a timeout, and matching took longer.</exception>
    public AllocationProfile Apply(AllocationProfile allocations)
    {
        ArgumentNullException.ThrowIfNull(allocations);
        var matcher = new FilterMatcher(this);
        var kept = allocations.Stacks.Where(item => matcher.Matches(item.Type, item.Stack));
        var seconds = allocations.BytesPerSecond > 0 ? allocations.Total.Bytes / allocations.BytesPerSecond : 0;
        return AllocationGrouping.Group(allocations.Sampling, kept, seconds);
    }

    /// <summary>
    /// Restricts a live heap to the call sites with a matching stack, each as a whole, and its stacks to those that match. If only some sites of a type remain,
    /// the type has bytes and objects, but no age or share (NaN), unless it is one site.
    /// </summary>
    /// <param name="live">The live heap.</param>
    /// <param name="allocations">All allocations of the recording, which have the stacks of dead objects.</param>
    /// <exception cref="RegexMatchTimeoutException">An expression has a timeout, and matching took longer.</exception>
    public LiveHeapProfile Apply(LiveHeapProfile live, AllocationProfile allocations)
    {
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(allocations);
        return new LiveHeapSelection(new FilterMatcher(this), live, allocations).Apply(live);
    }

    /// <summary>The filter in words, with its expressions: <c>Type ^MyApp, filter cache</c>.</summary>
    public override string ToString() => (Types, Names) switch
    {
        (null, null) => "",
        ({ } types, null) => $"Type {types}",
        (null, { } names) => $"Filter {names}",
        var (types, names) => $"Type {types}, filter {names}",
    };
}
