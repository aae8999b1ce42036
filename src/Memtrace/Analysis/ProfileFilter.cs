using System.Text.RegularExpressions;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.LiveHeap;
using Memtrace.Profiles;

namespace Memtrace.Analysis;

/// <summary>What of a profile matters to a question: what fulfils all of its conditions.</summary>
/// <param name="Names">The type, or a method on the stack, matches; null: any does.</param>
/// <param name="Types">The type matches; null: any does.</param>
public sealed record ProfileFilter(Regex? Names, Regex? Types = null)
{
    /// <summary>Cuts allocations and the live heap down to what matters. Memory and collections stay as they are.</summary>
    /// <param name="profile">The profile.</param>
    /// <exception cref="RegexMatchTimeoutException">An expression has a time-out, and matching took longer.</exception>
    public MemoryProfile Apply(MemoryProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return profile with
        {
            Allocations = AllocationFilter.Apply(profile.Allocations, this),
            Live = profile.Live is { } live ? LiveHeapFilter.Apply(live, profile.Allocations, this) : null,
        };
    }

    /// <summary>In words, with the expressions as they are: <c>Type ^MyApp, filter cache</c>.</summary>
    public override string ToString() => (Types, Names) switch
    {
        (null, null) => "",
        ({ } types, null) => $"Type {types}",
        (null, { } names) => $"Filter {names}",
        var (types, names) => $"Type {types}, filter {names}",
    };
}
