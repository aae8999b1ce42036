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
    private bool _survival;
    private SurvivalStop? _survivalStop;
    private RecordingEnd? _end;

    /// <summary>The stream's header.</summary>
    public void Add(in RecordingHeader header) => _header = header;

    /// <summary>Our recorder made it.</summary>
    public void Add(in RecordedProcess process)
    {
        _isOurs = true;
        _survival |= process.SurvivalTracking;
    }

    /// <summary>Survival events end.</summary>
    public void Add(in SurvivalStop stop) => _survivalStop = stop;

    /// <summary>The recording's end.</summary>
    public void Add(in RecordingEnd end) => _end = end;

    /// <summary>A survival event.</summary>
    public void Survival() => _survival = true;

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
