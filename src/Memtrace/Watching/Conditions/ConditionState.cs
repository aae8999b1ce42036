using System.Globalization;
using Memtrace.Profiles;

namespace Memtrace.Watching.Conditions;

/// <summary>Finds out when a condition of one process is met. It is met again only after it has not held in between. Not thread-safe.</summary>
/// <param name="condition">The condition.</param>
internal sealed class ConditionState(WatchCondition condition)
{
    private double? _heldSince;
    private bool _isMet;

    /// <summary>Whether it was met, and the value has not come back since.</summary>
    public bool IsMet => _isMet;

    /// <summary>Evaluates the latest reading.</summary>
    /// <param name="history">The readings.</param>
    /// <returns>What was observed, as a sentence without its period, if the condition has just been met; else null.</returns>
    public string? Observe(WatchHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return (condition, history.Current) switch
        {
            (LimitCondition limit, { } reading) => Observe(limit, reading, limit.Metric.Read(history, limit.Window)),
            (FindingCondition finding, { } reading) => Observe(finding, reading),
            _ => null,
        };
    }

    private string? Observe(LimitCondition condition, WatchReading reading, double? known)
    {
        if (known is not { } value || condition.LimitAt(reading) is not { } limit)
        {
            _heldSince = null;

            // If a value no longer grows, its growth is below any limit.
            _isMet &= !condition.Metric.IsRate;
            return null;
        }

        if (!condition.IsBeyond(value, limit))
        {
            _heldSince = null;
            _isMet &= condition.IsBeyond(value, limit * (condition.IsAbove ? 1 - LimitCondition.Hysteresis : 1 + LimitCondition.Hysteresis));
            return null;
        }

        _heldSince ??= reading.Seconds;
        if (_isMet || reading.Seconds - _heldSince < condition.Hold.TotalSeconds)
            return null;
        _isMet = true;
        return $"{condition.Metric.Name} is {condition.Format(value)}, {(condition.IsAbove ? "above" : "below")} {condition.Format(limit)}";
    }

    private string? Observe(FindingCondition condition, WatchReading reading)
    {
        // Findings are evaluated less often than readings are taken.
        if (reading.Findings.IsEmpty)
            return null;
        var finding = reading.Findings.FirstOrDefault(item => item.Id == condition.Id && item.Severity >= condition.Severity);
        var isNew = finding is not null && !_isMet;
        _isMet = finding is not null;
        return isNew ? string.Create(CultureInfo.InvariantCulture, $"finding {finding!.Id}: {finding.Title.TrimEnd('.')}") : null;
    }
}
