using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Analysis.Findings;
using Memtrace.Footprint;
using Memtrace.Monitoring;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Recording;
using Memtrace.Watching.Actions;
using Memtrace.Watching.Conditions;
using Memtrace.Watching.Continuous;
using Memtrace.Watching.Metrics;
using Memtrace.Watching.Rules;

namespace Memtrace.Watching;

/// <summary>Watches one process until it ends: a flight recorder, and rules that are evaluated on what it shows.</summary>
internal sealed class ProcessWatch : IDisposable
{
    /// <summary>Findings need the whole profile, and what they report takes minutes to develop.</summary>
    private static readonly TimeSpan FindingInterval = TimeSpan.FromSeconds(30);

    private readonly Target _target;
    private readonly WatchContext _context;
    private readonly WatchOptions _options;
    private readonly TimeProvider _time;
    private readonly LiveRecording _recording;
    private readonly ArmedRecording? _armed;
    private readonly Lazy<ResourceAttributes> _resource;
    private readonly WatchHistory _history;
    private readonly List<(WatchRule Rule, ConditionState State)> _rules;
    private readonly ProcessMemoryReader _memory;
    private readonly ContainerMemoryReader? _container;
    private readonly MachineMemoryReader _machine = MachineMemoryReader.Open();
    private readonly List<Task> _responses = [];
    private readonly HashSet<string> _heldBack = new(StringComparer.Ordinal);
    private ProfileWindows? _windows;
    private long? _findingsAt;

    /// <param name="target">The process. The caller disposes it.</param>
    /// <param name="context">What it shares with the watches of other processes.</param>
    public ProcessWatch(Target target, WatchContext context)
    {
        (_target, _context, _options, _time) = (target, context, context.Options, context.Time);
        _recording = new LiveRecording(target, _options.Recording, _options.Buffer);
        _armed = _options.Armed is { } armed ? new ArmedRecording(target, armed, _options.Buffer, _time) : null;
        _history = new WatchHistory(_options.History);
        _rules = [.. _options.Rules.Select(rule => (rule, new ConditionState(rule.Condition)))];
        _resource = new Lazy<ResourceAttributes>(() => ResourceAttributes.Of(target.Description.Name, target.ProcessId, _options.Labels));
        _memory = ProcessMemoryReader.Open(target.ProcessId);
        _container = ContainerMemoryReader.Open(target.ProcessId);
    }

    /// <summary>The process's metrics; null before the first event. From any thread.</summary>
    public async Task<ProcessMetrics?> MetricsAsync()
    {
        if (await ProfileAsync(_recording) is not { } profile)
            return null;
        var sampled = _armed?.Recording is { } armed ? await ProfileAsync(armed) : null;
        return new ProcessMetrics(_resource.Value, _target.Description.Name, _target.ProcessId, [.. MetricCatalog.Of(profile), .. MetricCatalog.OfAllocations(sampled ?? profile)]);
    }

    private string Name => $"{_target.Description.Name} ({_target.ProcessId})";

    /// <summary>Watches until the process ends.</summary>
    /// <param name="stop">Ends watching earlier; what is being saved is completed.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="TargetException">No session could be opened.</exception>
    public async Task<RecordingEnd> RunAsync(CancellationToken stop)
    {
        using var registration = stop.Register(_recording.Stop);
        using var timer = new PeriodicTimer(_options.Interval, _time);
        var running = _recording.RunAsync();
        _windows = _armed is null ? WindowsOf(_recording) : null;
        try
        {
            while (await NextAsync(timer, running))
                await ObserveAsync(running, stop);
            var end = await EndOfAsync(running);
            await EndRecordingsAsync(end);
            foreach (var (rule, _) in _rules.Where(item => item.Rule.Condition is EndCondition condition && condition.Includes(end)))
                Fire(rule, "the process has ended: " + Describe(end), running, stop);
            return end;
        }
        finally
        {
            _armed?.Stop();
            await (_armed?.WaitAsync() ?? Task.CompletedTask);
            await Task.WhenAll(_responses);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _armed?.Dispose();
        _recording.Dispose();
        _memory.Dispose();
        _container?.Dispose();
        _machine.Dispose();
    }

    /// <summary>How a process ended, in a few words.</summary>
    /// <param name="end">How.</param>
    public static string Describe(RecordingEnd end) => end.Reason switch
    {
        EndReason.OutOfMemory => "killed by the OOM killer",
        EndReason.TargetKilled => end.Signal is { } signal ? string.Create(CultureInfo.InvariantCulture, $"killed by signal {signal}") : "killed",
        EndReason.TargetExited => end.ExitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $"exited with code {code}") : "exited",
        EndReason.Stopped => "no longer watched",
        var other => "recording ended: " + EndReasonNames.Of(other),
    };

    private static async Task<bool> NextAsync(PeriodicTimer timer, Task running)
    {
        var tick = timer.WaitForNextTickAsync().AsTask();
        return await Task.WhenAny(tick, running) == tick && !running.IsCompleted;
    }

    // A process that ends right after it was attached to has sent no event, but it has ended all the same.
    private async Task<RecordingEnd> EndOfAsync(Task<RecordingResult> running)
    {
        try
        {
            return (await running).End;
        }
        catch (TargetException)
        {
            if (await EndDiagnosis.OfUnrecordedAsync(_target, _time) is not { } end)
                throw;
            return end;
        }
    }

    private async Task ObserveAsync(Task running, CancellationToken stop)
    {
        _responses.RemoveAll(response => response.IsCompleted);
        var isFirst = _history.Current is null;
        _history.Add(await ReadAsync());
        if (isFirst)
            LogObstacles(_history.Current!);
        await ArmAsync();
        await (_windows?.TakeWhenDueAsync() ?? Task.CompletedTask);
        foreach (var (rule, state) in _rules)
        {
            if (state.Observe(_history) is { } observed)
                Fire(rule, observed, running, stop);
        }
    }

    // Otherwise it would look as if all was well.
    private void LogObstacles(WatchReading reading)
    {
        foreach (var condition in _options.Conditions.OfType<LimitCondition>())
        {
            if (condition.Obstacle(reading) is { } obstacle)
                _context.Log($"{Name}: {obstacle}: {condition.Text} is not met");
        }
    }

    private async Task ArmAsync()
    {
        if (_armed?.Observe(_history) is { } observed)
        {
            _context.Log($"{Name}: recording allocations: {observed}");
            _windows = WindowsOf(_armed.Recording!);
        }
        else if (_armed is { IsOver: true } && _responses.Count == 0)
        {
            _armed.Stop();
            await _armed.WaitAsync();
            await (_windows?.TakeAsync() ?? Task.CompletedTask);
            _windows = null;
            _context.Log($"{Name}: no longer recording allocations{(await _armed.EndAsync() is { } problem ? $": {problem}" : "")}");
        }
    }

    private ProfileWindows? WindowsOf(LiveRecording recording) => (_context.Upload, _options.Profiles) is ({ } upload, { Window: var window })
        ? new ProfileWindows(recording, _resource.Value, upload, window, _time)
        : null;

    // Each finds out by itself how the process has ended.
    private async Task EndRecordingsAsync(RecordingEnd end)
    {
        if (!end.Reason.IsProcessEnd())
            _armed?.Stop();
        await (_armed?.WaitAsync() ?? Task.CompletedTask);
        await (_windows?.TakeAsync() ?? Task.CompletedTask);
    }

    /// <summary>The recordings of which something can be saved.</summary>
    private IReadOnlyList<NamedRecording> Recordings() => _armed?.Recording is { Progress: not null } armed
        ? [new("", _recording), new("_allocations", armed)]
        : [new("", _recording)];

    // A damaged stream ends the recording, which reports it.
    private static async Task<T?> UnlessDamagedAsync<T>(Task<T?> query)
        where T : class
    {
        try
        {
            return await query;
        }
        catch (RecordingException)
        {
            return null;
        }
    }

    private static Task<MemoryProfile?> ProfileAsync(LiveRecording recording) => UnlessDamagedAsync(recording.ProfileAsync());

    private static Task<RuntimeFigures?> CurrentAsync(LiveRecording recording) => UnlessDamagedAsync(recording.CurrentAsync());

    private async Task<WatchReading> ReadAsync()
    {
        var reading = new WatchReading(_time.GetTimestamp() / (double)_time.TimestampFrequency) { Findings = await FindAsync() };
        if (_memory.TryRead(out var memory))
            reading = reading.With(memory);
        if (_container is not null && _container.TryRead(out var container))
            reading = reading.With(container);
        if (_machine.TryRead(out var machine))
            reading = reading.With(machine);
        if (await CurrentAsync(_recording) is { } figures)
            reading = reading.With(figures);
        return _armed?.Recording is { } armed ? reading with { Allocated = (await CurrentAsync(armed))?.AllocatedBytes } : reading;
    }

    private async Task<ImmutableArray<Finding>> FindAsync()
    {
        if (!_options.NeedsFindings || (_findingsAt is { } before && _time.GetElapsedTime(before) < FindingInterval))
            return [];
        _findingsAt = _time.GetTimestamp();
        return await ProfileAsync(_armed?.Recording ?? _recording) is { } profile ? profile.WithConclusions().Findings : [];
    }

    private void Fire(WatchRule rule, string observed, Task ended, CancellationToken stop)
    {
        var (name, id) = (_target.Description.Name, _target.ProcessId);
        if (_context.Ledger.TryAdd(rule, name) is { } obstacle)
        {
            if (_heldBack.Add(rule.Condition.Text))
                _context.Log($"{Name}: {rule.Condition.Text}: {observed}; no action: {obstacle}");
            return;
        }

        _heldBack.Remove(rule.Condition.Text);
        _context.Log($"{Name}: {rule.Condition.Text}: {observed}");
        var reading = _history.Current;
        var incident = new Incident(id, name, rule.Condition.Text, observed, _time.GetUtcNow(), [])
        {
            RssBytes = reading?.Rss,
            GcHeapBytes = reading?.GcHeap,
            GcCommittedBytes = reading?.GcCommitted,
            LimitBytes = reading?.ContainerLimit,
        };
        _responses.Add(Task.Run(() => _context.Responder.RespondAsync(rule, incident, _target, Recordings, ended, stop), CancellationToken.None));
    }
}
