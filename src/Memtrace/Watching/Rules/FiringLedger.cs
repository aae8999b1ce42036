using System.Collections.Immutable;

namespace Memtrace.Watching.Rules;

/// <summary>An action of a rule for a process.</summary>
/// <param name="Rule">The rule's condition, as it was written.</param>
/// <param name="Process">The process's name.</param>
/// <param name="At">When, UTC.</param>
internal sealed record Firing(string Rule, string Process, DateTimeOffset At);

/// <summary>
/// The firings of the last day, which decide whether a rule may act again. How long ago they were is measured, so that it does not matter if the time of day is
/// set; of those before a restart only the time of day is known. Thread-safe.
/// </summary>
internal sealed class FiringLedger
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1), Hour = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Action<IReadOnlyList<Firing>> _changed;
    private ImmutableList<Entry> _entries;

    /// <summary>Begins with the firings before a restart.</summary>
    /// <param name="firings">Earlier firings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Receives all firings of the last day after each new one.</param>
    public FiringLedger(IEnumerable<Firing> firings, TimeProvider time, Action<IReadOnlyList<Firing>> changed)
    {
        (_time, _changed) = (time, changed);
        var (now, timestamp) = (time.GetUtcNow(), time.GetTimestamp());
        _entries = [.. firings.Select(firing => new Entry(firing, timestamp - Ticks(now - firing.At)))];
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
            _entries = _entries.RemoveAll(entry => Age(entry) >= Day);
            if (Obstacle(rule, process) is { } obstacle)
                return obstacle;
            var now = _time.GetUtcNow();
            _entries = _entries.Add(new Entry(new Firing(rule.Condition.Text, process, now), _time.GetTimestamp()));
            _changed([.. _entries.Select(entry => entry.Firing with { At = now - Age(entry) })]);
            return null;
        }
    }

    private string? Obstacle(WatchRule rule, string process)
    {
        var ofRule = _entries.FindAll(entry => entry.Firing.Rule == rule.Condition.Text);
        if (ofRule.Exists(entry => entry.Firing.Process == process && Age(entry) < rule.Limit.CoolDown))
            return "cooling down";
        if (ofRule.Count(entry => Age(entry) < Hour) >= rule.Limit.PerHour)
            return "it has reached its limit per hour";
        return ofRule.Count >= rule.Limit.PerDay ? "it has reached its limit per day" : null;
    }

    private TimeSpan Age(Entry entry) => _time.GetElapsedTime(entry.Timestamp);

    // One from the future was before the clock was set back. One of long ago does not count, however long.
    private long Ticks(TimeSpan age) => (long)(Math.Clamp(age.TotalSeconds, 0, Day.TotalSeconds) * _time.TimestampFrequency);

    /// <summary>A firing.</summary>
    /// <param name="Firing">The firing.</param>
    /// <param name="Timestamp">When it was, on the clock that only advances.</param>
    private readonly record struct Entry(Firing Firing, long Timestamp);
}
