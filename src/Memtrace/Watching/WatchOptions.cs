using System.Collections.Immutable;
using Memtrace.Recording;
using Memtrace.Recording.Buffering;
using Memtrace.Watching.Conditions;
using Memtrace.Watching.Rules;

namespace Memtrace.Watching;

/// <summary>What to watch for, and how. Immutable.</summary>
/// <param name="Rules">The rules.</param>
/// <param name="Recording">What to record, without a file.</param>
/// <param name="Buffer">How much to buffer of each process.</param>
/// <param name="Interval">How often conditions are evaluated.</param>
/// <param name="MaxPause">The longest stop of a process that a heap snapshot or core dump may be expected to cause.</param>
internal sealed record WatchOptions(ImmutableArray<WatchRule> Rules, RecordingOptions Recording, BufferLimit Buffer, TimeSpan Interval, TimeSpan MaxPause)
{
    /// <summary>The key that signs what is sent to webhooks; null for no signature.</summary>
    public string? WebhookSecret { get; init; }

    /// <summary>How far back readings are needed.</summary>
    public TimeSpan History => Rules.Select(rule => rule.Condition.Memory).Append(WatchMetric.DefaultWindow).Max();

    /// <summary>Whether some condition needs findings.</summary>
    public bool NeedsFindings => Rules.Any(rule => rule.Condition is FindingCondition);

    /// <summary>The time after which each condition that a process meets all along is met.</summary>
    public TimeSpan Longest => Rules.Select(rule => rule.Condition is LimitCondition limit ? limit.Memory + limit.Hold : TimeSpan.Zero).Append(TimeSpan.Zero).Max();
}
