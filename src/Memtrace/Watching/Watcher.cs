using System.Collections.Concurrent;
using System.Globalization;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Recording;
using Memtrace.Watching.Captures;
using Memtrace.Watching.Continuous;
using Memtrace.Watching.Metrics;
using Memtrace.Watching.Rules;

namespace Memtrace.Watching;

/// <summary>Watches processes: finds them, attaches, attaches again after a restart. A process that does not answer holds up no other.</summary>
internal sealed class Watcher : IDisposable
{
    /// <summary>The most processes watched at a time.</summary>
    public const int MaxProcesses = 100;

    private static readonly TimeSpan DiscoveryInterval = TimeSpan.FromSeconds(5), RetryDelay = TimeSpan.FromSeconds(30), AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly WatchScope _scope;
    private readonly CaptureDirectory _directory;
    private readonly Action<string> _log;
    private readonly TimeProvider _time;
    private readonly WatchContext _context;
    private readonly ConcurrentDictionary<Identity, ProcessWatch> _watches = new();
    private readonly Dictionary<Identity, Task> _tasks = [];
    private readonly HashSet<Identity> _refused = [];
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
        _context = new WatchContext(options, ledger, new IncidentResponder(directory, options, log), upload, log, time);
    }

    /// <summary>How often rules have acted since this watcher started.</summary>
    public int Firings => Volatile.Read(ref _firings);

    /// <summary>The metrics of the watched processes and of this watcher.</summary>
    internal IReadOnlyList<MetricFamily> Metrics() =>
    [
        .. MetricCatalog.Of([.. _watches.Values.Select(watch => watch.Profile).OfType<MemoryProfile>()]),
        Own("memtrace_watched_processes", MetricKind.Gauge, "", "Processes that are watched.", _watches.Count),
        Own("memtrace_watch_firings", MetricKind.Counter, "", "How often a rule has acted.", Firings),
        .. _context.Upload is { } upload ? Own(upload) : [],
        Own("memtrace_watch_cpu_seconds", MetricKind.Counter, "seconds", "CPU time of the watcher itself.", Environment.CpuUsage.TotalTime.TotalSeconds),
        Own("memtrace_watch_memory_usage_bytes", MetricKind.Gauge, "bytes", "Resident set of the watcher itself.", Environment.WorkingSet),
    ];

    /// <summary>Watches until it is stopped, or the only process has ended.</summary>
    /// <param name="stop">Ends watching; what is being saved is completed.</param>
    /// <exception cref="TargetException">The only process cannot be watched, or this system does not list processes.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        using var watched = new CancellationTokenSource();
        var sending = _context.Upload?.RunAsync(watched.Token) ?? Task.CompletedTask;
        try
        {
            if (_scope.ProcessId is not null)
                await WatchAsync(_scope.Find()[0], stop);
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
    }

    private async Task WatchAllAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(DiscoveryInterval, _time);
        try
        {
            do
                Discover(stop);
            while (await timer.WaitForNextTickAsync(stop));
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
        foreach (var process in _scope.Find())
        {
            var identity = new Identity(process.Id, process.StartedAt);
            if (_tasks.ContainsKey(identity))
                continue;
            if (process.Obstacle is { } obstacle)
                Refuse(identity, $"{process.Name} ({process.Id}) {obstacle}");
            else if (_tasks.Count < MaxProcesses)
                _tasks.Add(identity, WatchUntilEndAsync(process, stop));
            else if (!_isFull)
                _log(string.Create(CultureInfo.InvariantCulture, $"More than {MaxProcesses} processes: {process.Name} ({process.Id}) and others are not watched. Use --filter to select fewer."));
            _isFull |= _tasks.Count >= MaxProcesses;
        }
    }

    private void Refuse(Identity identity, string message)
    {
        if (_refused.Add(identity))
            _log("Not watched: " + message);
    }

    // Waits before the next attempt, so that a process that refuses is not asked all the time.
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
            await Task.WhenAny(Task.Delay(RetryDelay, _time, stop));
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
            var result = await watch.RunAsync(stop);
            _log($"{process.Name} ({process.Id}): {Describe(result.End)}");
        }
        finally
        {
            _watches.TryRemove(identity, out _);
        }
    }

    private static string Describe(RecordingEnd end) => end.Reason switch
    {
        EndReason.OutOfMemory => "killed by the OOM killer",
        EndReason.TargetKilled => end.Signal is { } signal ? string.Create(CultureInfo.InvariantCulture, $"killed by signal {signal}") : "killed",
        EndReason.TargetExited => end.ExitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $"exited with code {code}") : "exited",
        EndReason.Stopped => "no longer watched",
        var other => "recording ended: " + EndReasonNames.Of(other),
    };

    private static MetricFamily Own(string name, MetricKind kind, string unit, string help, double value) => new(name, kind, unit, help, [new MetricSample([], value)]);

    private static IEnumerable<MetricFamily> Own(ProfileUpload upload) =>
    [
        Own("memtrace_profiles_sent", MetricKind.Counter, "", "Profiles that the engine has accepted.", upload.Sent),
        Own("memtrace_profiles_dropped", MetricKind.Counter, "", "Profiles that were dropped: too many or too old for the spool, or refused.", upload.Dropped),
        Own("memtrace_profiles_waiting_bytes", MetricKind.Gauge, "bytes", "Profiles that wait on disk.", upload.WaitingBytes),
    ];

    private void Remember(IReadOnlyList<Firing> firings)
    {
        Interlocked.Increment(ref _firings);
        try
        {
            FiringFile.Write(_directory.PathOf(FiringFile.FileName), firings);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log($"State not saved: {exception.Message}");
        }
    }

    /// <summary>A process: its id may be used again.</summary>
    private readonly record struct Identity(int Id, DateTimeOffset? StartedAt);
}
