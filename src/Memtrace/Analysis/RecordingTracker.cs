using Memtrace.Events;
using Memtrace.Profiles;
using Memtrace.Reading;

namespace Memtrace.Analysis;

/// <summary>Gathers what a recording says about itself.</summary>
internal sealed class RecordingTracker
{
    private RecordingHeader _header;
    private double _lastHappened;
    private double? _rundownBegin;
    private bool _isOurs;
    private bool _isSurvivalRequested;
    private SurvivalStop? _survivalStop;
    private EndEvent? _end;

    /// <summary>The stream's header.</summary>
    public void Add(in RecordingHeader header) => _header = header;

    /// <summary>Our recorder made it.</summary>
    public void Add(in RecordedProcess process)
    {
        _isOurs = true;
        _isSurvivalRequested |= process.SurvivalTracking;
    }

    /// <summary>Survival events end.</summary>
    public void Add(in SurvivalStop stop) => _survivalStop = stop;

    /// <summary>The recording's end.</summary>
    public void Add(in EndEvent end) => _end = end;

    /// <summary>Something happened.</summary>
    public void Happened(double seconds)
    {
        _lastHappened = seconds;
        _rundownBegin = null;
    }

    /// <summary>Something was listed.</summary>
    public void Rundown(double seconds) => _rundownBegin ??= seconds;

    /// <summary>
    /// Length of the recording, in seconds: up to its end event, or up to the rundown that a session's stop brings (which may itself take
    /// long), or up to the last event.
    /// </summary>
    public double EndSeconds(in ReadingSummary summary) => _end?.Seconds ?? _rundownBegin ?? Math.Max(_lastHappened, summary.EndSeconds);

    /// <summary>What is known. The frames are not.</summary>
    public RecordingDescription Describe(string file, TimeWindow window, long allocationSamples, bool hasSurvival, in ReadingSummary summary) => new(
        file,
        _header.StartedAt,
        window.Length,
        window.From,
        _end?.Reason,
        EndDetail(),
        summary.Terminated && !summary.IsEmpty && (!_isOurs || _end is { IsTruncated: false }),
        hasSurvival,
        _survivalStop?.Detail ?? (_isSurvivalRequested && !hasSurvival ? "this runtime does not report it" : null),
        allocationSamples,
        summary.LostEvents,
        Frames: 0,
        UnresolvedFrames: 0)
    {
        Damage = summary.Damage,
        ImpossibleEvents = summary.ImpossibleEvents,
        DroppedStacks = summary.DroppedStacks,
        OtherProcesses = summary.OtherProcesses.IsDefault ? [] : summary.OtherProcesses,
    };

    private string? EndDetail() => _end switch
    {
        { Detail.Length: > 0 } end => end.Detail,
        { Signal: not null } end => $"signal {end.Signal}",
        { ExitCode: not null } end => $"exit code {end.ExitCode}",
        _ => null,
    };
}
