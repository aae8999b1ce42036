using System.Collections.Concurrent;
using System.Globalization;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Recording;
using Memtrace.Watching.Captures;
using Memtrace.Watching.Continuous;
using Memtrace.Watching.Metrics;
using Memtrace.Watching.Otlp;
using Memtrace.Watching.Rules;

namespace Memtrace.Watching;

/// <summary>Watches processes: finds them, attaches, attaches again after a restart. A process that does not answer holds up no other.</summary>
internal sealed class Watcher : IDisposable
{
    /// <summary>The most processes watched at a time.</summary>
    public const int MaxProcesses = 100;

    /// <summary>Above, it may be reported again that a process is not watched.</summary>
    private const int MaxRefused = 1000;

    private const string ToolName = "dotnet-memtrace";

    private static readonly TimeSpan AttachInterval = TimeSpan.FromSeconds(30), AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly WatchScope _scope;
    private readonly CaptureDirectory _directory;
    private readonly Action<string> _log;
    private readonly TimeProvider _time;
    private readonly WatchContext _context;
    private readonly OwnMetrics _own;
    private readonly OtlpExporter? _exporter;
    private readonly DiscoverySchedule _schedule;
    private readonly ProcessDiscovery _discovery;
    private readonly ConcurrentDictionary<Identity, ProcessWatch> _watches = new();
    private readonly Dictionary<Identity, Task> _tasks = [];
    private readonly ConcurrentDictionary<Identity, byte> _refused = new();
    private int _firings;
    private bool _isFull;

    /// <summary>Prepares watching.</summary>
    /// <param name="scope">Which processes.</param>
    /// <param name="options">What to watch for.</param>
    /// <param name="directory">Where to save. The caller disposes it.</param>
    /// <param name="log">Receives a line about each event; from any thread.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The spool of profiles cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The spool of profiles may not be used.</exception>
    public Watcher(WatchScope scope, WatchOptions options, CaptureDirectory directory, Action<string> log, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(directory);
        (_scope, _directory, _log, _time) = (scope, directory, log, time);
        var ledger = new FiringLedger(FiringFile.Read(directory.PathOf(FiringFile.FileName)), time, Remember);
        var upload = options.Profiles is { } profiles ? new ProfileUpload(profiles, directory.PathOf("profiles"), log, time) : null;
        (_schedule, _discovery) = (new DiscoverySchedule(time), new ProcessDiscovery(scope, time));
        _own = new OwnMetrics(time.GetUtcNow());
        _exporter = options.Otlp is { } otlp ? new OtlpExporter(otlp, ResourceAttributes.Of(ToolName, Environment.ProcessId, options.Labels), log, time) : null;
        _context = new WatchContext(options, ledger, new IncidentResponder(directory, options, log, time), upload, log, time);
    }

    /// <summary>How often rules have acted since this watcher started.</summary>
    public int Firings => Volatile.Read(ref _firings);

    /// <summary>The metrics of the watched processes and of this watcher.</summary>
    internal async Task<WatcherMetrics> MetricsAsync()
    {
        var processes = await Task.WhenAll(_watches.Values.Select(watch => watch.MetricsAsync()));
        return new WatcherMetrics([.. processes.OfType<ProcessMetrics>()],
        [
            .. _own.Of(_watches.Count, Firings),
            .. _context.Upload is { } upload ? _own.Of(upload) : [],
            .. _exporter is { } exporter ? _own.Of(exporter) : [],
        ]);
    }

    /// <summary>Watches until it is stopped, or the only process has ended.</summary>
    /// <param name="stop">Ends watching; what is being saved is completed.</param>
    /// <exception cref="TargetException">The only process cannot be watched, or this system does not list processes.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        using var watched = new CancellationTokenSource();
        var sending = Task.WhenAll(
            _context.Upload?.RunAsync(watched.Token) ?? Task.CompletedTask,
            _exporter?.RunAsync(MetricsAsync, watched.Token) ?? Task.CompletedTask);
        try
        {
            if (_scope.ProcessId is { } id)
                await WatchAsync(DotnetProcesses.Find(id), stop);
            else
                await WatchAllAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
        finally
        {
            await watched.CancelAsync();
            await sending;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _context.Responder.Dispose();
        _context.Upload?.Dispose();
        _exporter?.Dispose();
    }

    private async Task WatchAllAsync(CancellationToken stop)
    {
        try
        {
            Discover(stop);
            if (_tasks.Count == 0)
                _log("No such process runs now. Waiting for one.");
            while (true)
            {
                await _schedule.WaitAsync(stop);
                Discover(stop);
            }
        }
        finally
        {
            await Task.WhenAll(_tasks.Values);
        }
    }

    private void Discover(CancellationToken stop)
    {
        foreach (var (ended, _) in _tasks.Where(item => item.Value.IsCompleted).ToList())
            _tasks.Remove(ended);
        foreach (var process in _discovery.Find((id, startedAt) => _tasks.ContainsKey(new Identity(id, startedAt))))
        {
            var identity = new Identity(process.Id, process.StartedAt);
            if (process.Obstacle is { } obstacle)
                Refuse(identity, $"{process.Name} ({process.Id}) {obstacle}");
            else if (_tasks.Count < MaxProcesses)
                _tasks.Add(identity, WatchUntilEndAsync(process, stop));
            else if (!_isFull)
                _log(string.Create(CultureInfo.InvariantCulture, $"More than {MaxProcesses} processes: {process.Name} ({process.Id}) and others are not watched. Select fewer."));
            _isFull |= _tasks.Count >= MaxProcesses;
        }
    }

    private void Refuse(Identity identity, string message)
    {
        if (_refused.Count >= MaxRefused)
            _refused.Clear();
        if (_refused.TryAdd(identity, 0))
            _log("Not watched: " + message);
    }

    // Waits before the next attempt, so that a process that refuses is not asked over and over.
    private async Task WatchUntilEndAsync(DotnetProcess process, CancellationToken stop)
    {
        var identity = new Identity(process.Id, process.StartedAt);
        try
        {
            await WatchAsync(process, stop);
        }
        catch (Exception exception) when (exception is TargetException or RecordingException or IOException or UnauthorizedAccessException)
        {
            Refuse(identity, $"{process.Name} ({process.Id}): {exception.Message}");
            await Task.WhenAny(Task.Delay(AttachInterval, _time, stop));
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task WatchAsync(DotnetProcess process, CancellationToken stop)
    {
        var identity = new Identity(process.Id, process.StartedAt);
        await using var target = await Target.AttachAsync(process.Id, AnswerLimit, stop);
        using var watch = new ProcessWatch(target, _context);
        _watches[identity] = watch;
        _log($"{process.Name} ({process.Id}): watching");
        try
        {
            var end = await watch.RunAsync(stop);
            _schedule.Ended();
            _log($"{process.Name} ({process.Id}): {ProcessWatch.Describe(end)}");
            await ExportLastAsync(watch);
        }
        finally
        {
            _watches.TryRemove(identity, out _);
        }
    }

    // The time since the last interval would be missing, and all of a process that ended within the first.
    private async Task ExportLastAsync(ProcessWatch watch)
    {
        if (_exporter is { } exporter && await watch.MetricsAsync() is { } last)
            exporter.Add(new WatcherMetrics([last], []));
    }

    private void Remember(IReadOnlyList<Firing> firings)
    {
        Interlocked.Increment(ref _firings);
        try
        {
            FiringFile.Write(_directory.PathOf(FiringFile.FileName), firings);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log($"State not saved in {_directory.Path}: {FileFailure.ReasonToWrite(exception)}.");
        }
    }

    /// <summary>A process: its id may be used again.</summary>
    private readonly record struct Identity(int Id, DateTimeOffset? StartedAt);
}
