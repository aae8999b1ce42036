using Memtrace.Events;
using Memtrace.Footprint.Maps;
using Memtrace.Processes;
using Memtrace.Profiles;

namespace Memtrace.Recording;

/// <summary>
/// Takes memory map snapshots in the background and records them: at the start, near new peaks, at the end, and at long intervals in between, because a target
/// that maps memory during a snapshot is blocked. Snapshots never overlap. Thread-safe.
/// </summary>
/// <param name="processId">The target; 0 if it is not visible.</param>
/// <param name="merger">Writes the file.</param>
/// <param name="clock">The event clock.</param>
/// <param name="sampler">Knows the resident set.</param>
internal sealed class BreakdownSampler(int processId, RecordingMerger merger, EventClock clock, MemorySampler sampler)
{
    /// <summary>How long to wait for the last snapshot: longer if an earlier one has taken long, because a late one is better than none.</summary>
    private static readonly TimeSpan MinWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly BreakdownSchedule _schedule = new();
    private readonly ProgramIdentity? _program = ProgramIdentity.Of(processId);
    private readonly long _startedAt = clock.Time.GetTimestamp();
    private Task _running = Task.CompletedTask;
    private TimeSpan _longest;
    private bool _isOver;

    /// <summary>Starts the first snapshot without waiting for it.</summary>
    public void Begin() => StartWhen(_ => BreakdownReason.Start);

    /// <summary>Starts a snapshot if one is due, without waiting for it. To be called a few times a second.</summary>
    public void SnapshotWhenDue() => StartWhen(now => _schedule.Next(now, sampler.Rss));

    /// <summary>Takes a requested snapshot if the budget allows it; if one is running already, waits for that.</summary>
    public Task RequestAsync()
    {
        StartWhen(now => _schedule.Allows(now) ? BreakdownReason.Asked : null);
        return Running;
    }

    /// <summary>Takes the last snapshot while the target still runs. If that takes too long, the recording says so.</summary>
    public async Task EndAsync()
    {
        if (processId == 0)
            return;
        var limit = Task.Delay(LastWait, clock.Time);
        await Task.WhenAny(Running, limit);
        StartWhen(_ => BreakdownReason.End);
        var last = Running;
        await Task.WhenAny(last, limit);
        lock (_lock)
        {
            _isOver = true;
            if (!last.IsCompleted)
                Drop(BreakdownDrop.TooSlow);
        }
    }

    private TimeSpan Elapsed => clock.Time.GetElapsedTime(_startedAt);

    private TimeSpan LastWait
    {
        get
        {
            lock (_lock)
                return TimeSpan.FromTicks(Math.Clamp(3 * _longest.Ticks, MinWait.Ticks, MaxWait.Ticks));
        }
    }

    private Task Running
    {
        get
        {
            lock (_lock)
                return _running;
        }
    }

    /// <summary>Starts a snapshot if there is a reason and none is running.</summary>
    private void StartWhen(Func<TimeSpan, BreakdownReason?> reasonAt)
    {
        lock (_lock)
        {
            if (processId != 0 && !_isOver && _running.IsCompleted && reasonAt(Elapsed) is { } reason)
                _running = Task.Run(() => Take(reason));
        }
    }

    private void Take(BreakdownReason reason)
    {
        var (now, begin) = (clock.Now, Elapsed);
        var map = MemoryMapReader.Read(processId);

        // Another program's memory is not the target's.
        if (map is null || _program?.IsRunningIn(processId) == false)
            return;
        var breakdown = map.Summarize(reason: reason);
        lock (_lock)
        {
            _longest = Elapsed - begin > _longest ? Elapsed - begin : _longest;
            _schedule.Taken(Elapsed, breakdown.RssBytes, map.BusyTime);
            if (_isOver)
                return;
            if (map.IsContradictory)
                Drop(BreakdownDrop.Contradictory);
            else
                merger.Queue(RecorderEvent.Breakdown, now, BreakdownEvent.Write(breakdown));
        }
    }

    private void Drop(string reason) => merger.Queue(RecorderEvent.BreakdownDropped, clock.Now, new BreakdownDrop(0, reason).Write());
}
