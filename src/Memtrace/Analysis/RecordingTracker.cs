using Memtrace.Events;
using Memtrace.Profiles;
using Memtrace.Reading;

namespace Memtrace.Analysis;

/// <summary>Gathers what a recording says about itself: its length, its end, its gaps.</summary>
internal sealed class RecordingTracker
{
    private RecordingHeader _header;
    private double _lastHappened;
    private double? _rundownBegin;
    private bool _isOurs;
    private bool _isSurvivalRequested;
    private bool _isFromStart;
    private long? _bufferBytes;
    private SurvivalStop? _survivalStop;
    private EndEvent? _end;

    /// <summary>The stream's header.</summary>
    public void Add(in RecordingHeader header) => _header = header;

    /// <summary>The recording was made by our recorder.</summary>
    public void Add(in RecordedProcess process)
    {
        _isOurs = true;
        _isSurvivalRequested |= process.SurvivalTracking;
        _isFromStart = process.IsFromStart;
        _bufferBytes = (long?)process.BufferSizeMB << 20;
    }

    /// <summary>Survival events end.</summary>
    public void Add(in SurvivalStop stop) => _survivalStop = stop;

    /// <summary>The end of the recording.</summary>
    public void Add(in EndEvent end) => _end = end;

    /// <summary>An event that happened during the recording.</summary>
    public void Happened(double seconds)
    {
        _lastHappened = seconds;
        _rundownBegin = null;
    }

    /// <summary>An event of a rundown.</summary>
    public void Rundown(double seconds) => _rundownBegin ??= seconds;

    /// <summary>
    /// Length of the recording in seconds: until its end event, otherwise until the rundown that follows the end of the session (and
    /// can itself take long), otherwise until the last event.
    /// </summary>
    public double EndSeconds(in ReadingSummary summary) => _end?.Seconds ?? _rundownBegin ?? Math.Max(_lastHappened, summary.EndSeconds);

    /// <summary>The description, without the frame counts.</summary>
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
        ExitCode = _end?.ExitCode,
        Signal = _end?.Signal,
        IsFromProcessStart = _isFromStart,
        LossCause = summary.LostEvents > 0 && summary.BufferedBytes < _bufferBytes ? EventLossCause.TooLarge : EventLossCause.Unknown,
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
