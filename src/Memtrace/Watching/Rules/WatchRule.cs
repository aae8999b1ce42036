using System.Collections.Immutable;
using Memtrace.Watching.Actions;
using Memtrace.Watching.Conditions;

namespace Memtrace.Watching.Rules;

/// <summary>A condition, what to do when it is met, and how often at most. Immutable.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Actions">What to do, in this order.</param>
/// <param name="Limit">How often at most.</param>
internal sealed record WatchRule(WatchCondition Condition, ImmutableArray<WatchAction> Actions, FiringLimit Limit);

/// <summary>How often a rule may act.</summary>
/// <param name="CoolDown">The least time between two actions for processes of the same name.</param>
/// <param name="PerHour">The most actions in an hour, over all processes.</param>
/// <param name="PerDay">The most actions in a day, over all processes.</param>
internal sealed record FiringLimit(TimeSpan CoolDown, int PerHour, int PerDay)
{
    /// <summary>Every 10 minutes, 6 an hour, 24 a day.</summary>
    public static FiringLimit Default { get; } = new(TimeSpan.FromMinutes(10), 6, 24);
}
