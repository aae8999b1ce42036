using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>The amounts of a profile by type and complete stack.</summary>
internal static class ProfileStacks
{
    /// <summary>The amounts.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="value">What they are.</param>
    /// <exception cref="InvalidOperationException">They are live objects, and the profile has no live heap.</exception>
    public static IEnumerable<StackAllocations> Of(MemoryProfile profile, CallTreeValue value)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return (value, profile.Live) switch
        {
            (CallTreeValue.Allocated, _) => profile.Allocations.Stacks,
            (CallTreeValue.Live, { End: var end }) => Of(end),
            (CallTreeValue.Peak, { Peak: var peak }) => Of(peak),
            _ => throw new InvalidOperationException("The profile has no live heap."),
        };
    }

    /// <summary>What amounts a profile has.</summary>
    /// <param name="profile">The profile.</param>
    public static IEnumerable<CallTreeValue> Values(MemoryProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return profile.Live is null ? [CallTreeValue.Allocated] : Enum.GetValues<CallTreeValue>();
    }

    private static IEnumerable<StackAllocations> Of(LiveSnapshot snapshot) =>
        snapshot.Stacks.Select(item => new StackAllocations(item.Type, item.Stack, item.Live));
}
