using Memtrace.Analysis;
using Memtrace.Analysis.Symbols;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Recording;
using Memtrace.Recording.Buffering;
using Memtrace.Nettrace;
using Memtrace.Sessions;

namespace Memtrace.Monitoring;

/// <summary>
/// A recording that is analyzed while it runs, in bounded memory however long it runs. Its profile is what a report of the same stream up to that moment
/// would be. Its last minutes can be saved. Thread-safe.
/// </summary>
internal sealed class LiveRecording : IDisposable
{
    /// <summary>The maximum backlog of the analysis, in bytes: some seconds of a busy program.</summary>
    private const long MaxBacklog = 16 << 20;

    /// <summary>The most sampled objects to track, which bounds memory.</summary>
    private const int TrackedObjects = 100_000;

    /// <summary>At least this many of the last collections are kept, and at most twice as many.</summary>
    private const int Collections = 500;

    /// <summary>Above this number of frames in distinct places of stacks, rare stacks are folded: each profile resolves all of them.</summary>
    private const int StackFrames = 50_000;

    /// <summary>Samples and points to keep over time: reached within minutes, so that memory does not grow for an hour, and enough for a trend.</summary>
    private const int SeriesLength = 1024, TimelinePoints = 500;

    /// <summary>The runtime sends ten times a second, more often than screens and conditions are refreshed.</summary>
    private static readonly TimeSpan ReadPause = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan RundownLimit = TimeSpan.FromSeconds(5);

    private readonly Target _target;
    private readonly Recorder _recorder;
    private readonly BufferLimit _limit;
    private readonly ProfileBuilder _builder = new(new AnalysisOptions(TrackedObjects: TrackedObjects)
    {
        Collections = Collections,
        StackFrames = StackFrames,
        SeriesLength = SeriesLength,
        TimelinePoints = TimelinePoints,
    });
    private readonly RecordingReader _reader;
    private readonly TaskCompletionSource<MemoryProfile> _last = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SymbolResolver _symbols;
    private readonly CancellationTokenSource _disposed = new();
    private BlockPipe? _pipe;
    private FlightRecorder? _buffer;
    private string? _bufferFailure;
    private RecordingEnd? _end;

    /// <summary>Prepares a recording without opening anything.</summary>
    /// <param name="target">The process. The caller disposes it.</param>
    /// <param name="options">What to record. The file is not used.</param>
    /// <param name="limit">How much to buffer for saving.</param>
    public LiveRecording(Target target, RecordingOptions options, BufferLimit limit)
    {
        (_target, _limit) = (target, limit);
        _recorder = new Recorder(target, options with { ReadPause = ReadPause }, Open);
        _reader = new RecordingReader(_builder);
        _symbols = _builder.Symbols();
    }

    /// <summary>Progress of the recording; null until the first event arrives.</summary>
    public RecordingProgress? Progress => _recorder.Progress;

    /// <summary>How much could be saved now.</summary>
    public BufferedSpan Kept => Volatile.Read(ref _buffer)?.Kept ?? new BufferedSpan(TimeSpan.Zero, 0, _bufferFailure);

    /// <summary>The sizes of the generations at the start, as of the last collection before it; null if unknown, or not yet known.</summary>
    public GenerationBytes? GenerationsAtStart { get; private set; }

    /// <summary>Ends the recording; <see cref="RunAsync"/> returns within some seconds.</summary>
    public void Stop() => _recorder.Stop();

    /// <summary>Records until something ends the recording.</summary>
    /// <returns>How it ended. <see cref="ProfileAsync"/> then returns the profile of the whole recording.</returns>
    /// <exception cref="TargetException">No session could be opened, or the target exited before its first event.</exception>
    /// <exception cref="RecordingException">The stream is damaged.</exception>
    public async Task<RecordingResult> RunAsync()
    {
        var generations = ReadGenerationsAsync();
        var result = await _recorder.RunAsync();
        await _last.Task;
        await generations;
        Volatile.Write(ref _end, result.End);
        return result;
    }

    /// <summary>The profile so far; null before the first event.</summary>
    /// <exception cref="RecordingException">The stream is damaged.</exception>
    public async Task<MemoryProfile?> ProfileAsync()
    {
        if (Volatile.Read(ref _pipe) is not { } pipe)
            return null;
        try
        {
            var profile = await pipe.QueryAsync(() => _builder.BuildFigures(Name, _reader.SoFar, _symbols));
            return profile.Recording.DurationSeconds > 0 ? profile : null;
        }
        catch (OperationCanceledException)
        {
            return await _last.Task;
        }
    }

    /// <summary>
    /// The profile of the time since the last call: its allocations, and everything else as it is now; null before the first event. After the end of the
    /// recording it is what was left. One call at a time.
    /// </summary>
    /// <exception cref="RecordingException">The stream is damaged.</exception>
    public Task<MemoryProfile?> TakeWindowAsync() => AskAsync(TakeWindow);

    /// <summary>The runtime's figures now; null before the first event. Unlike a profile, they cost next to nothing.</summary>
    /// <exception cref="RecordingException">The stream is damaged.</exception>
    public Task<RuntimeFigures?> CurrentAsync() => AskAsync(_builder.Current);

    /// <summary>Takes a memory map snapshot if the snapshot budget allows it. Later profiles include it.</summary>
    public Task TakeMapSnapshotAsync() => _recorder.TakeMapSnapshotAsync();

    /// <summary>Induces a full, blocking collection.</summary>
    /// <returns>False if the target did not answer.</returns>
    public Task<bool> CollectAsync() => InducedCollection.RunAsync(_target, TimeProvider.System, _disposed.Token);

    /// <summary>Saves the buffered minutes as a recording of their own, while this one continues.</summary>
    /// <param name="file">The file, which must not exist.</param>
    /// <returns>Its size in bytes.</returns>
    /// <exception cref="IOException">It cannot be written, or nothing is buffered.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public async Task<long> SaveAsync(string file)
    {
        var buffer = Volatile.Read(ref _buffer) ?? throw new IOException($"Nothing to save: {_bufferFailure ?? "no events yet"}");

        // A recording that has ended already lists the methods.
        var rundown = _last.Task.IsCompleted ? null : await ListMethodsAsync();
        return await Task.Run(() => buffer.Save(file, rundown, Volatile.Read(ref _end) ?? new RecordingEnd(EndReason.Stopped, Detail: "saved from a live view")));
    }

    /// <summary>Drops the buffer. The recording should have ended before.</summary>
    public void Dispose()
    {
        _disposed.Cancel();
        _disposed.Dispose();
        _buffer?.Dispose();
        _symbols.Dispose();
    }

    // A runtime that is suspended at startup has no heap yet, and does not answer.
    private async Task ReadGenerationsAsync()
    {
        if (_target.IsSuspended)
            return;
        try
        {
            GenerationsAtStart = await GenerationCounters.ReadAsync(_target, TimeProvider.System, _disposed.Token) is { Total: > 0 } sizes ? sizes : null;
        }
        catch (Exception exception) when (exception is TargetException or OperationCanceledException)
        {
            // It is unknown, until the first collection.
        }
    }

    private async Task<T?> AskAsync<T>(Func<T> query)
        where T : class
    {
        if (Volatile.Read(ref _pipe) is not { } pipe)
            return null;
        try
        {
            return await pipe.QueryAsync(query);
        }
        catch (OperationCanceledException)
        {
            // The reader is done, and nothing else uses the builder any more.
            await _last.Task;
            return query();
        }
    }

    private string Name => _target.Description.Name;

    private MemoryProfile TakeWindow() => _builder.TakeWindow(Name, _reader.SoFar, _symbols);

    private LiveSink Open(StreamBeginning beginning)
    {
        var pipe = new BlockPipe(beginning, MaxBacklog);
        var buffer = OpenBuffer(beginning);
        Volatile.Write(ref _buffer, buffer);
        new Thread(() => Read(pipe)) { IsBackground = true, Name = "Analysis" }.Start();
        Volatile.Write(ref _pipe, pipe);
        return new LiveSink(beginning.Framing, pipe, buffer, TimeProvider.System);
    }

    // Without a buffer file nothing can be saved, but everything can be shown.
    private FlightRecorder? OpenBuffer(StreamBeginning beginning)
    {
        try
        {
            return new FlightRecorder(beginning, _limit);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _bufferFailure = FileFailure.ReasonToWrite(exception);
            return null;
        }
    }

    private void Read(BlockPipe pipe)
    {
        try
        {
            var summary = _reader.Read(pipe);
            _last.SetResult(_builder.Build(Name, summary));
        }
        catch (Exception exception)
        {
            pipe.Dispose();
            _last.SetException(exception);
        }
    }

    // If the target has exited, the methods listed before are used.
    private Task<Rundown?> ListMethodsAsync() => Rundown.TryTakeAsync(_target, SymbolReader.LastRundownOffset, RundownLimit, TimeProvider.System);
}
