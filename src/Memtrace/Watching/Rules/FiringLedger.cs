using System.Collections.Immutable;

namespace Memtrace.Watching.Rules;

/// <summary>An action of a rule for a process.</summary>
/// <param name="Rule">The rule's condition, as it was written.</param>
/// <param name="Process">The process's name.</param>
/// <param name="At">When, UTC.</param>
internal sealed record Firing(string Rule, string Process, DateTimeOffset At);

/// <summary>The firings of the last day, which decide whether a rule may act again. Thread-safe.</summary>
/// <param name="firings">Earlier firings.</param>
/// <param name="time">The clock.</param>
/// <param name="changed">Receives all firings of the last day after each new one.</param>
internal sealed class FiringLedger(IEnumerable<Firing> firings, TimeProvider time, Action<IReadOnlyList<Firing>> changed)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1), Hour = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private ImmutableList<Firing> _firings = [.. firings];

    /// <summary>The firings of the last day.</summary>
    public ImmutableList<Firing> Firings
    {
        get
        {
            lock (_lock)
                return _firings;
        }
    }

    /// <summary>Enters a firing if the rule may act.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="process">The process's name.</param>
    /// <returns>Null if it may; else why not, as the rest of a sentence.</returns>
    public string? TryAdd(WatchRule rule, string process)
    {
        ArgumentNullException.ThrowIfNull(rule);
        lock (_lock)
        {
            var now = time.GetUtcNow();

            // If the clock was set back, rules would otherwise be blocked until it reaches the old time again.
            _firings = [.. _firings.Select(firing => firing.At > now ? firing with { At = now } : firing).Where(firing => now - firing.At < Day)];
            if (Obstacle(rule, process, now) is { } obstacle)
                return obstacle;
            _firings = _firings.Add(new Firing(rule.Condition.Text, process, now));
            changed(_firings);
            return null;
        }
    }

    private string? Obstacle(WatchRule rule, string process, DateTimeOffset now)
    {
        var ofRule = _firings.Where(firing => firing.Rule == rule.Condition.Text).ToList();
        if (ofRule.Exists(firing => firing.Process == process && now - firing.At < rule.Limit.CoolDown))
            return "cooling down";
        if (ofRule.Count(firing => now - firing.At < Hour) >= rule.Limit.PerHour)
            return "it has reached its limit per hour";
        return ofRule.Count >= rule.Limit.PerDay ? "it has reached its limit per day" : null;
    }
}
