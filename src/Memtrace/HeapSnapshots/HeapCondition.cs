using System.IO.Enumeration;
using Memtrace.Events.Names;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots;

/// <summary>What the limit of a <see cref="HeapCondition"/> is counted in.</summary>
internal enum HeapLimitUnit
{
    /// <summary>Objects.</summary>
    Objects,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>Percent of the bytes before.</summary>
    Percent,
}

/// <summary>A growth between two snapshots of a heap that must not be. Snapshots are exact, so there is no noise.</summary>
/// <param name="Text">How it was written.</param>
/// <param name="Pattern">Which types, * for any characters and ? for one; the name's last part alone is enough. Null for all.</param>
/// <param name="Limit">By how much they may grow, 0 or more.</param>
/// <param name="Unit">What the limit is counted in.</param>
internal sealed record HeapCondition(string Text, string? Pattern, double Limit, HeapLimitUnit Unit)
{
    /// <summary>Whether the types grew by more.</summary>
    /// <param name="comparison">The snapshots.</param>
    public HeapOutcome Evaluate(HeapComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        var (before, after) = (Amount(comparison.Before), Amount(comparison.After));
        var grownBy = Unit == HeapLimitUnit.Objects ? after.Objects - before.Objects : after.Bytes - before.Bytes;
        return new HeapOutcome(this, before, after, grownBy > (Unit == HeapLimitUnit.Percent ? before.Bytes * Limit / 100 : Limit));
    }

    private HeapAmount Amount(HeapProfile profile)
    {
        var types = profile.Types.Where(type => Matches(type.Type)).ToList();
        return new HeapAmount(types.Sum(type => type.LiveObjects), types.Sum(type => type.LiveBytes), RetainedBytes: null);
    }

    private bool Matches(string type) => Pattern is null
        || FileSystemName.MatchesSimpleExpression(Pattern, type, ignoreCase: false)
        || FileSystemName.MatchesSimpleExpression(Pattern, NestedTypeName.WithoutOuter(type), ignoreCase: false);
}

/// <summary>What came of a condition.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Before">What there was.</param>
/// <param name="After">What there is.</param>
/// <param name="Met">Whether it is met: this is a failure.</param>
internal sealed record HeapOutcome(HeapCondition Condition, HeapAmount Before, HeapAmount After, bool Met);
