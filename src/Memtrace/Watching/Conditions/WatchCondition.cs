using System.Globalization;
using Memtrace.Analysis.Findings;
using Memtrace.Profiles;
using Memtrace.Recording;
using Memtrace.Units;

namespace Memtrace.Watching.Conditions;

/// <summary>When to act. Immutable.</summary>
/// <param name="Text">As it was written.</param>
internal abstract record WatchCondition(string Text)
{
    /// <summary>How far back readings are needed.</summary>
    public virtual TimeSpan Memory => TimeSpan.Zero;

    /// <summary>Whether it needs allocation events.</summary>
    public virtual bool NeedsSampling => false;

    /// <summary>Whether it needs to know which objects survive.</summary>
    public virtual bool NeedsSurvival => false;
}

/// <summary>What a limit is a share of.</summary>
internal enum LimitBase
{
    /// <summary>Nothing: it is an amount.</summary>
    None,

    /// <summary>The container's limit.</summary>
    ContainerLimit,

    /// <summary>The machine's memory.</summary>
    Machine,
}

/// <summary>A metric is above or below a limit.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Metric">The metric.</param>
/// <param name="IsAbove">Whether the limit is an upper one.</param>
/// <param name="Limit">The limit in the metric's unit, or its share of <paramref name="Base"/>, 0 to 1.</param>
/// <param name="Base">What the limit is a share of.</param>
/// <param name="For">How long it has to hold, or over how long a rate is measured; null for at once, or for the default.</param>
internal sealed record LimitCondition(string Text, WatchMetric Metric, bool IsAbove, double Limit, LimitBase Base, TimeSpan? For) : WatchCondition(Text)
{
    /// <summary>How far a value has to come back before the condition can be met again, as a share of the limit.</summary>
    public const double Hysteresis = 0.05;

    /// <inheritdoc/>
    public override TimeSpan Memory => Metric.IsRate ? Window : TimeSpan.Zero;

    /// <inheritdoc/>
    public override bool NeedsSampling => Metric.NeedsSampling;

    /// <summary>Over how long a rate is measured.</summary>
    public TimeSpan Window => For ?? WatchMetric.DefaultWindow;

    /// <summary>How long it has to hold.</summary>
    public TimeSpan Hold => Metric.IsRate ? TimeSpan.Zero : For ?? TimeSpan.Zero;

    /// <summary>The limit in the metric's unit; null if what it is a share of is unknown.</summary>
    /// <param name="reading">The latest reading.</param>
    public double? LimitAt(WatchReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        return Base switch
        {
            LimitBase.ContainerLimit => Limit * reading.ContainerLimit,
            LimitBase.Machine => Limit * reading.MachineTotal,
            _ => Limit,
        };
    }

    /// <summary>Why it is not met as things are, whatever the value; null if it may be.</summary>
    /// <param name="reading">The latest reading.</param>
    public string? Obstacle(WatchReading reading) => LimitAt(reading) is not null ? null : Base switch
    {
        LimitBase.ContainerLimit => "the process has no container limit",
        _ => "the memory of the machine is unknown",
    };

    /// <summary>Whether a value is beyond a limit.</summary>
    /// <param name="value">The value.</param>
    /// <param name="limit">The limit.</param>
    public bool IsBeyond(double value, double limit) => IsAbove ? value > limit : value < limit;

    /// <summary>A value as people read it.</summary>
    /// <param name="value">The value.</param>
    public string Format(double value) => Metric.Unit switch
    {
        WatchUnit.Bytes => ByteSize.Format(value),
        WatchUnit.BytesPerSecond => ByteSize.FormatRate(value),
        WatchUnit.Time => Duration.Format(value),
        WatchUnit.Percent => Percent.Format(value / 100),
        _ => value.ToString("0", CultureInfo.InvariantCulture),
    };
}

/// <summary>A rule of the report has a finding.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Id">The finding's id.</param>
/// <param name="Severity">How severe it has to be at least.</param>
internal sealed record FindingCondition(string Text, string Id, FindingSeverity Severity) : WatchCondition(Text)
{
    /// <inheritdoc/>
    public override bool NeedsSampling => Id == LohChurnRule.RuleId;

    /// <inheritdoc/>
    public override bool NeedsSurvival => Id is ManagedLeakRule.RuleId or MidLifeCrisisRule.RuleId;
}

/// <summary>The process has ended.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Kind">How.</param>
internal sealed record EndCondition(string Text, WatchedEnd Kind) : WatchCondition(Text)
{
    /// <summary>Whether an end is of this kind.</summary>
    /// <param name="end">The end.</param>
    public bool Includes(RecordingEnd end)
    {
        ArgumentNullException.ThrowIfNull(end);
        return end.Reason.IsProcessEnd() && Kind switch
        {
            WatchedEnd.OutOfMemory => end.Reason == EndReason.OutOfMemory,
            WatchedEnd.Crash => end.Reason != EndReason.TargetExited || end.Signal is not null || end.ExitCode is not (null or 0),
            _ => true,
        };
    }
}

/// <summary>How a process ends.</summary>
internal enum WatchedEnd
{
    /// <summary>In any way.</summary>
    Exit,

    /// <summary>Killed by a signal, or with an exit code other than 0.</summary>
    Crash,

    /// <summary>Killed by the OOM killer.</summary>
    OutOfMemory,
}
