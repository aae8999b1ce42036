using Memtrace.Analysis.Findings;
using Memtrace.Footprint;
using Memtrace.Monitoring;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Recording;
using Memtrace.Watching.Actions;
using Memtrace.Watching.Conditions;
using Memtrace.Watching.Rules;

namespace Memtrace.Watching;

/// <summary>Watches one process until it ends: a flight recorder, and rules that are evaluated on what it shows.</summary>
internal sealed class ProcessWatch : IDisposable
{
    /// <summary>Findings look at all of the profile, and what they find takes minutes to develop.</summary>
    private static readonly TimeSpan FindingInterval = TimeSpan.FromSeconds(30);

    private readonly Target _target;
    private readonly WatchOptions _options;
    private readonly FiringLedger _ledger;
    private readonly IncidentResponder _responder;
    private readonly Action<string> _log;
    private readonly TimeProvider _time;
    private readonly LiveRecording _recording;
    private readonly WatchHistory _history;
    private readonly List<(WatchRule Rule, ConditionState State)> _rules;
    private readonly ProcessMemoryReader _memory;
    private readonly ContainerMemoryReader? _container;
    private readonly MachineMemoryReader _machine = MachineMemoryReader.Open();
    private readonly List<Task> _responses = [];
    private readonly HashSet<string> _heldBack = new(StringComparer.Ordinal);
    private MemoryProfile? _profile;
    private long? _findingsAt;

    /// <param name="target">The process. The caller disposes it.</param>
    /// <param name="options">What to watch for.</param>
    /// <param name="ledger">How often rules may act.</param>
    /// <param name="responder">Acts.</param>
    /// <param name="log">Receives a line about each event.</param>
    /// <param name="time">The clock.</param>
    public ProcessWatch(Target target, WatchOptions options, FiringLedger ledger, IncidentResponder responder, Action<string> log, TimeProvider time)
    {
        (_target, _options, _ledger, _responder, _log, _time) = (target, options, ledger, responder, log, time);
        _recording = new LiveRecording(target, options.Recording, options.Buffer);
        _history = new WatchHistory(options.History);
        _rules = [.. options.Rules.Select(rule => (rule, new ConditionState(rule.Condition)))];
        _memory = ProcessMemoryReader.Open(target.ProcessId);
        _container = ContainerMemoryReader.Open(target.ProcessId);
    }

    /// <summary>The latest profile; null before the first event.</summary>
    public MemoryProfile? Profile => Volatile.Read(ref _profile);

    /// <summary>Watches until the process ends.</summary>
    /// <param name="stop">Ends watching earlier; what is being saved is completed.</param>
    /// <exception cref="TargetException">No session could be opened.</exception>
    public async Task<RecordingResult> RunAsync(CancellationToken stop)
    {
        using var registration = stop.Register(_recording.Stop);
        using var timer = new PeriodicTimer(_options.Interval, _time);
        var running = _recording.RunAsync();
        while (await NextAsync(timer, running))
            await ObserveAsync(running, stop);
        try
        {
            var result = await running;
            foreach (var (rule, _) in _rules.Where(item => item.Rule.Condition is EndCondition condition && condition.Includes(result.End)))
                Fire(rule, "the process has ended: " + EndReasonNames.Of(result.End.Reason), running, stop);
            return result;
        }
        finally
        {
            await Task.WhenAll(_responses);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _recording.Dispose();
        _memory.Dispose();
        _container?.Dispose();
        _machine.Dispose();
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, Task running)
    {
        var tick = timer.WaitForNextTickAsync().AsTask();
        return await Task.WhenAny(tick, running) == tick && !running.IsCompleted;
    }

    private async Task ObserveAsync(Task running, CancellationToken stop)
    {
        _responses.RemoveAll(response => response.IsCompleted);
        if (await ProfileAsync() is { } profile)
            Volatile.Write(ref _profile, WithFindings(profile));
        _history.Add(Read());
        foreach (var (rule, state) in _rules)
        {
            if (state.Observe(_history) is { } observed)
                Fire(rule, observed, running, stop);
        }
    }

    private async Task<MemoryProfile?> ProfileAsync()
    {
        try
        {
            return await _recording.ProfileAsync();
        }
        catch (RecordingException)
        {
            // A damaged stream ends the recording, which reports it.
            return null;
        }
    }

    private MemoryProfile WithFindings(MemoryProfile profile)
    {
        if (!_options.NeedsFindings || (_findingsAt is { } before && _time.GetElapsedTime(before) < FindingInterval))
            return profile;
        _findingsAt = _time.GetTimestamp();
        return profile.WithConclusions();
    }

    private WatchReading Read()
    {
        var reading = new WatchReading(_time.GetTimestamp() / (double)_time.TimestampFrequency);
        if (_memory.TryRead(out var memory))
            reading = reading.With(memory);
        if (_container is not null && _container.TryRead(out var container))
            reading = reading.With(container);
        if (_machine.TryRead(out var machine))
            reading = reading.With(machine);
        return Profile is { } profile ? reading.With(profile) : reading;
    }

    private void Fire(WatchRule rule, string observed, Task ended, CancellationToken stop)
    {
        var (name, id) = (_target.Description.Name, _target.ProcessId);
        if (_ledger.TryAdd(rule, name) is { } obstacle)
        {
            if (_heldBack.Add(rule.Condition.Text))
                _log($"{name} ({id}): {rule.Condition.Text}: {observed}; no action: {obstacle}");
            return;
        }

        _heldBack.Remove(rule.Condition.Text);
        _log($"{name} ({id}): {rule.Condition.Text}: {observed}");
        var reading = _history.Current;
        var incident = new Incident(id, name, rule.Condition.Text, observed, _time.GetUtcNow(), [])
        {
            RssBytes = reading?.Rss,
            GcHeapBytes = reading?.GcHeap,
            GcCommittedBytes = reading?.GcCommitted,
            LimitBytes = reading?.ContainerLimit,
        };
        _responses.Add(Task.Run(() => _responder.RespondAsync(rule, incident, _target, _recording, ended, stop), CancellationToken.None));
    }
}
