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
/// A recording that is analysed while it runs, in bounded memory however long that is: a profile of it, at any time, is what a report of the same stream up to
/// there would be. Its last minutes can be saved. All members may be used from any thread.
/// </summary>
public sealed class LiveRecording : IDisposable
{
    /// <summary>What may wait for the analysis, in bytes: some seconds of a busy program.</summary>
    private const long LargestBacklog = 16 << 20;

    /// <summary>What stays is told of so many sampled objects; the memory that they take is bounded by it.</summary>
    private const int TrackedObjects = 100_000;

    /// <summary>So many of the last collections are kept, or up to twice as many.</summary>
    private const int Collections = 500;

    private static readonly TimeSpan RundownLimit = TimeSpan.FromSeconds(5);

    private readonly Target _target;
    private readonly Recorder _recorder;
    private readonly BufferLimit _limit;
    private readonly ProfileBuilder _builder = new(new AnalysisOptions(TrackedObjects: TrackedObjects) { Collections = Collections });
    private readonly RecordingReader _reader;
    private readonly TaskCompletionSource<MemoryProfile> _last = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NameCache _names;
    private BlockPipe? _pipe;
    private FlightRecorder? _buffer;
    private string? _bufferFailure;

    /// <summary>Prepares it; nothing is opened yet.</summary>
    /// <param name="target">The process. It stays the caller's to dispose.</param>
    /// <param name="options">What to record. The file is not used.</param>
    /// <param name="limit">How much is kept to be saved.</param>
    public LiveRecording(Target target, RecordingOptions options, BufferLimit limit)
    {
        (_target, _limit) = (target, limit);
        _recorder = new Recorder(target, options, Open);
        _reader = new RecordingReader(_builder);
        _names = _builder.Names();
    }

    /// <summary>How far the recording is; null until the first event came.</summary>
    public RecordingProgress? Progress => _recorder.Progress;

    /// <summary>How much of it could be saved now.</summary>
    public BufferedSpan Kept => Volatile.Read(ref _buffer)?.Kept ?? new BufferedSpan(TimeSpan.Zero, 0, _bufferFailure);

    /// <summary>Ends the recording; <see cref="RunAsync"/> returns within some seconds.</summary>
    public void Stop() => _recorder.Stop();

    /// <summary>Records until something ends it.</summary>
    /// <returns>How it ended. The profile of the whole is <see cref="ProfileAsync"/> then.</returns>
    /// <exception cref="TargetException">No session could be opened, or the target was gone before anything came.</exception>
    /// <exception cref="RecordingException">The stream is damaged.</exception>
    public async Task<RecordingResult> RunAsync()
    {
        var result = await _recorder.RunAsync();
        await _last.Task;
        return result;
    }

    /// <summary>The profile of all that has come so far; null before the first event.</summary>
    /// <exception cref="RecordingException">The stream is damaged.</exception>
    public async Task<MemoryProfile?> ProfileAsync()
    {
        if (Volatile.Read(ref _pipe) is not { } pipe)
            return null;
        try
        {
            var profile = await pipe.AskAsync(() => _builder.Build(Name, new ReadingSummary(false, _reader.LostEvents, 0), _names));
            return profile.Recording.DurationSeconds > 0 ? profile : null;
        }
        catch (OperationCanceledException)
        {
            return await _last.Task;
        }
    }

    /// <summary>Looks where the target's memory is, unless that would be more often than it may cost. A later profile has it.</summary>
    public Task TakeMapSnapshotAsync() => _recorder.TakeMapSnapshotAsync();

    /// <summary>Has the target do a full, blocking collection.</summary>
    /// <returns>False where it could not be asked.</returns>
    public Task<bool> CollectAsync() => InducedCollection.RunAsync(_target);

    /// <summary>Saves what is kept as a recording of its own, while this one goes on.</summary>
    /// <param name="file">The file; there must be none.</param>
    /// <returns>Its size in bytes.</returns>
    /// <exception cref="IOException">It cannot be written, or nothing is kept.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public async Task<long> SaveAsync(string file)
    {
        var buffer = Volatile.Read(ref _buffer) ?? throw new IOException($"Nothing is kept to be saved: {_bufferFailure ?? "no event has come yet"}");

        // A recording that has ended lists the methods itself, once and for all.
        var rundown = _last.Task.IsCompleted ? null : await ListMethodsAsync();
        return await Task.Run(() => buffer.Save(file, rundown, new RecordingEnd(EndReason.Stopped, Detail: "saved from a live view")));
    }

    /// <summary>Lets go of what is kept. The recording should have ended before.</summary>
    public void Dispose()
    {
        _buffer?.Dispose();
        _names.Dispose();
    }

    private string Name => _target.Description.Name;

    private LiveSink Open(StreamBeginning beginning)
    {
        var pipe = new BlockPipe(beginning, LargestBacklog);
        var buffer = OpenBuffer(beginning);
        Volatile.Write(ref _buffer, buffer);
        new Thread(() => Read(pipe)) { IsBackground = true, Name = "Analysis" }.Start();
        Volatile.Write(ref _pipe, pipe);
        return new LiveSink(beginning.Framing, pipe, buffer);
    }

    // Without a place for the buffer there is nothing to save, but all to see.
    private FlightRecorder? OpenBuffer(StreamBeginning beginning)
    {
        try
        {
            return new FlightRecorder(beginning, _limit);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _bufferFailure = exception.Message;
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

    // Of a target that is gone the methods are known that were listed before.
    private async Task<Rundown?> ListMethodsAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(RundownLimit);
            var rundown = await Rundown.TakeAsync(_target, SymbolReader.LastRundownOffset, limit.Token);
            return rundown.Complete ? rundown : null;
        }
        catch (Exception exception) when (exception is TargetException or IOException or OperationCanceledException)
        {
            return null;
        }
    }
}
