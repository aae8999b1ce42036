using System.Collections.Immutable;
using Memtrace.HeapSnapshots.Sources.Copies;
using Memtrace.Recording;
using Memtrace.Recording.Buffering;
using Memtrace.Watching.Conditions;
using Memtrace.Watching.Continuous;
using Memtrace.Watching.Otlp;
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

    /// <summary>Takes heap snapshots from copies of memory where that pauses a process less; null for never.</summary>
    public CopyReader? CopyReader { get; init; }

    /// <summary>What to record only while a trigger is near; null for nothing more than <see cref="Recording"/>.</summary>
    public ArmedOptions? Armed { get; init; }

    /// <summary>Where to send profiles; null for nowhere.</summary>
    public ProfileOptions? Profiles { get; init; }

    /// <summary>Where to send metrics; null for nowhere.</summary>
    public OtlpOptions? Otlp { get; init; }

    /// <summary>What identifies the watched processes in an engine, beside what their environment says.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>All conditions.</summary>
    public IEnumerable<WatchCondition> Conditions => [.. Rules.Select(rule => rule.Condition), .. Armed?.Conditions ?? []];

    /// <summary>How far back readings are needed.</summary>
    public TimeSpan History => Conditions.Select(condition => condition.Memory).Append(WatchMetric.DefaultWindow).Max();

    /// <summary>Whether some condition needs findings.</summary>
    public bool NeedsFindings => Conditions.Any(condition => condition is FindingCondition);

    /// <summary>The longest time that any condition has to hold.</summary>
    public TimeSpan Longest => Rules.Select(rule => rule.Condition is LimitCondition limit ? limit.Memory + limit.Hold : TimeSpan.Zero).Append(TimeSpan.Zero).Max();
}

/// <summary>What to record while a trigger is near. Immutable.</summary>
/// <param name="Conditions">A trigger is near while one of them is met.</param>
/// <param name="Recording">What to record then, without a file.</param>
internal sealed record ArmedOptions(ImmutableArray<WatchCondition> Conditions, RecordingOptions Recording);
