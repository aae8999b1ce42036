using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>Of what a call tree is.</summary>
public enum CallTreeValue
{
    /// <summary>Of what was allocated.</summary>
    Allocated,

    /// <summary>Of what lives at the end.</summary>
    Live,

    /// <summary>Of what lived when the live heap was largest.</summary>
    Peak,
}

/// <summary>Builds the call tree of a profile.</summary>
public static class ProfileCallTree
{
    /// <summary>The tree of a value.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="value">The value.</param>
    /// <param name="inverted">Whether it goes from the methods that allocate to their callers.</param>
    /// <exception cref="InvalidOperationException">The profile has no live heap, and the value is about it.</exception>
    public static CallTreeNode Build(MemoryProfile profile, CallTreeValue value, bool inverted)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return (value, profile.Live) switch
        {
            (CallTreeValue.Allocated, _) => CallTree.Build(profile.Allocations, inverted),
            (CallTreeValue.Live, { End: var end }) => CallTree.Build(end, inverted),
            (CallTreeValue.Peak, { Peak: var peak }) => CallTree.Build(peak, inverted),
            _ => throw new InvalidOperationException("The profile has no live heap."),
        };
    }
}
