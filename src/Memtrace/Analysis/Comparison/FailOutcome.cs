using Memtrace.Profiles;

namespace Memtrace.Analysis.Comparison;

/// <summary>The outcome of a condition.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Change">The figures it compares.</param>
/// <param name="Met">Whether it is met, which is a failure.</param>
internal sealed record FailOutcome(FailCondition Condition, Change Change, bool Met)
{
    /// <summary>Whether anything in either recording matches its pattern. Otherwise the pattern may be mistyped.</summary>
    public bool HasMatches => Condition.Pattern is null || Change.Before > 0 || Change.After > 0;
}
