using Memtrace.Profiles;

namespace Memtrace.Analysis.Comparison;

/// <summary>The outcome of a condition.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Change">The figures it compares.</param>
/// <param name="Met">Whether it is met, which is a failure.</param>
public sealed record FailOutcome(FailCondition Condition, Change Change, bool Met);
