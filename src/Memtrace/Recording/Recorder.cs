using System.Globalization;
using Memtrace.Events;
using Memtrace.Nettrace;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Sessions;

namespace Memtrace.Recording;

/// <summary>
/// Records one target into one file, once. Three sessions of the target and the recorder's own samples are merged by time; the file is valid at
/// any moment. How and why: docs/recording-format.md. <see cref="Stop"/> and <see cref="Progress"/> may be used from any thread.
/// </summary>
internal sealed class Recorder
{
    private static readonly string ToolVersion = typeof(Recorder).Assembly.GetName().Version?.ToString(3) ?? "";

    private readonly Target _target;
    private readonly RecordingOptions _options;
    private readonly Func<StreamBeginning, IBlockSink> _open;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _isKeptWhole;
    private ActiveRecording? _recording;

    /// <summary>Prepares a recording without opening anything.</summary>
    /// <param name="target">The process. The caller disposes it.</param>
    /// <param name="options">What to record.</param>
    public Recorder(Target target, RecordingOptions options)
        : this(target, options, beginning => RecordingFile.Begin(options.Overwrite ? RecordingFile.Replace(options.File) : RecordingFile.Create(options.File), beginning)) =>
        _isKeptWhole = true;

    /// <summary>Prepares a recording with another destination than the file of the options.</summary>
    /// <param name="target">The process.</param>
    /// <param name="options">What to record.</param>
    /// <param name="open">Opens the destination.</param>
    internal Recorder(Target target, RecordingOptions options, Func<StreamBeginning, IBlockSink> open) => (_target, _options, _open) = (target, options, open);

    /// <summary>Progress of the recording; null until the first event arrives.</summary>
    public RecordingProgress? Progress => Volatile.Read(ref _recording)?.Progress;

    /// <summary>Time since the start of the session, as events have it; null until the first event arrives.</summary>
    public TimeSpan? Time => Volatile.Read(ref _recording)?.Time;

    /// <summary>Completes when the recording runs. It does not complete if <see cref="RunAsync"/> fails before that.</summary>
    public Task Started => _started.Task;

    /// <summary>Takes and records a memory map snapshot, if the recording runs and the snapshot budget allows it.</summary>
    public Task TakeMapSnapshotAsync() => Volatile.Read(ref _recording)?.TakeMapSnapshotAsync() ?? Task.CompletedTask;

    /// <summary>Ends the recording; <see cref="RunAsync"/> then finishes the file and returns within 5 s.</summary>
    public void Stop() => _stop.TrySetResult();

    /// <summary>Records until something ends the recording.</summary>
    /// <exception cref="TargetException">No session could be opened, or the target exited before its first event.</exception>
    /// <exception cref="IOException">The file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public async Task<RecordingResult> RunAsync(CancellationToken cancellation = default)
    {
        var (sampling, rundown) = await ResolveSamplingAsync(cancellation);
        using var data = await DataStream.OpenAsync(_target, _options, sampling, _time, cancellation);
        using var symbols = await DiagnosticSession.StartAsync(_target, SessionPlan.Symbols(), cancellation);
        if (_target.IsLaunched || _options.ResumeRuntime)
            await _target.ResumeAsync(cancellation);

        var beginning = await ReadBeginningAsync(data, cancellation);
        var trace = TraceObject.Parse(beginning.Framing, beginning.Trace);
        using var merger = new RecordingMerger(_open(beginning), beginning.Framing, trace.ProcessId, _options.MaxSize ?? long.MaxValue);
        await using var recording = new ActiveRecording(_target, _options, data, symbols, merger, EventClock.Of(trace, _time, _target.ProcessId));
        Volatile.Write(ref _recording, recording);
        _started.TrySetResult();
        var process = ProcessEvent(Describe(trace, rundown), sampling);
        return await recording.RunAsync(process.Write(), rundown, _stop.Task);
    }

    // If the version is not visible from outside (a single-file program), it is in the rundown, which is needed anyway.
    private async Task<(SamplingChoice Sampling, Rundown? Rundown)> ResolveSamplingAsync(CancellationToken cancellation)
    {
        var major = MajorVersion(_target.Description.RuntimeVersion);
        if (major is not null || _target.IsSuspended || _options.Sampling != SamplingChoice.Auto)
            return (SessionPlan.Resolve(_options.Sampling, major), null);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_options.AnswerTimeout);
        var rundown = await Rundown.TakeAsync(_target, SymbolReader.FirstRundownOffset, limit.Token);
        return (SessionPlan.Resolve(_options.Sampling, rundown.RuntimeMajor), rundown);
    }

    private async Task<StreamBeginning> ReadBeginningAsync(DataStream data, CancellationToken cancellation)
    {
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var beginning = data.ReadBeginningAsync(stopped.Token);
        var duration = Task.Delay(_options.Duration ?? Timeout.InfiniteTimeSpan, _time, stopped.Token);
        var first = await Task.WhenAny(beginning, _stop.Task, duration);
        if (first != beginning)
        {
            await stopped.CancelAsync();
            await Task.WhenAny(beginning);
            throw new TargetException(
                TargetError.NotStarted, $"Nothing was recorded: process {_target.ProcessId} has not started to run.");
        }

        // The delay ends too.
        await stopped.CancelAsync();
        return await beginning
            ?? throw new TargetException(TargetError.Exited, $"Nothing was recorded: process {_target.ProcessId} exited before its first event.");
    }

    // What is not visible from outside is in the streams.
    private TargetDescription Describe(TraceObject trace, Rundown? rundown)
    {
        var description = _target.Description;
        if (description.RuntimeVersion.Length == 0 && rundown?.RuntimeMajor is { } major)
            description = description with { RuntimeVersion = major.ToString(CultureInfo.InvariantCulture) };
        return description.ProcessorCount > 0 ? description : description with { ProcessorCount = trace.ProcessorCount };
    }

    private RecordedProcess ProcessEvent(TargetDescription process, SamplingChoice sampling) => new(
        process.ProcessId,
        process.Name,
        process.CommandLine,
        process.RuntimeVersion,
        process.Architecture,
        process.OperatingSystem,
        process.ProcessorCount,
        SamplingOf(sampling),
        _options.Live)
    {
        RecorderVersion = ToolVersion,
        IsAheadOfTime = process.IsAheadOfTime,
        BufferSizeMB = _options.BufferSizeMB,

        // Of what another destination gets, it may keep the last minutes only.
        IsFromStart = _target.IsLaunched && _isKeptWhole,
    };

    private static AllocationSampling? SamplingOf(SamplingChoice choice) => choice switch
    {
        SamplingChoice.Randomized => AllocationSampling.Randomized,
        SamplingChoice.Tick => AllocationSampling.Tick,
        SamplingChoice.None => AllocationSampling.None,
        _ => null,
    };

    private static int? MajorVersion(string version)
    {
        var major = version.AsSpan(0, Math.Max(0, version.IndexOf('.', StringComparison.Ordinal)));
        return int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
