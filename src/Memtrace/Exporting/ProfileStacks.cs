using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>The amounts of a profile by type and complete stack.</summary>
internal static class ProfileStacks
{
    /// <summary>The amounts of a value.</summary>
    /// <exception cref="InvalidOperationException">The profile has no live heap, and the value is about it.</exception>
    public static IEnumerable<StackAllocations> Of(MemoryProfile profile, CallTreeValue value) => (value, profile.Live) switch
    {
        (CallTreeValue.Allocated, _) => profile.Allocations.Stacks,
        (CallTreeValue.Live, { End: var end }) => Of(end),
        (CallTreeValue.Peak, { Peak: var peak }) => Of(peak),
        _ => throw new InvalidOperationException("The profile has no live heap."),
    };

    /// <summary>The values that a profile can tell.</summary>
    public static IEnumerable<CallTreeValue> Values(MemoryProfile profile) =>
        profile.Live is null ? [CallTreeValue.Allocated] : [CallTreeValue.Allocated, CallTreeValue.Live, CallTreeValue.Peak];

    private static IEnumerable<StackAllocations> Of(LiveSnapshot snapshot) =>
        snapshot.Stacks.Select(item => new StackAllocations(item.Type, item.Stack, item.Live));
}
