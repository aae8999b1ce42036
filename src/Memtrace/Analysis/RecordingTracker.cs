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
    private bool _survival;
    private SurvivalStop? _survivalStop;
    private RecordingEnd? _end;

    /// <summary>The stream's header.</summary>
    public void Add(in RecordingHeader header) => _header = header;

    /// <summary>The recording was made by our recorder.</summary>
    public void Add(in RecordedProcess process)
    {
        _isOurs = true;
        _survival |= process.SurvivalTracking;
    }

    /// <summary>Survival events end.</summary>
    public void Add(in SurvivalStop stop) => _survivalStop = stop;

    /// <summary>The end of the recording.</summary>
    public void Add(in RecordingEnd end) => _end = end;

    /// <summary>A survival event.</summary>
    public void Survival() => _survival = true;

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
    public RecordingDescription Describe(string file, TimeWindow window, long allocationSamples, in ReadingSummary summary) => new(
        file,
        _header.StartedAt,
        window.Length,
        window.From,
        _end?.Reason,
        EndDetail(),
        summary.Terminated && !summary.IsEmpty && (!_isOurs || _end is not null),
        _survival,
        _survivalStop?.Detail,
        allocationSamples,
        summary.LostEvents,
        Frames: 0,
        UnresolvedFrames: 0)
    {
        Damage = summary.Damage,
        OtherProcesses = summary.OtherProcesses.IsDefault ? [] : summary.OtherProcesses,
    };

    private string? EndDetail() => _end switch
    {
        { Detail.Length: > 0 } end => end.Detail,
        { Signal: > 0 } end => $"signal {end.Signal}",
        { ExitCode: >= 0 } end => $"exit code {end.ExitCode}",
        _ => null,
    };
}
