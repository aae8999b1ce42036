using Memtrace.Events;
using Memtrace.Footprint.Maps;
using Memtrace.Profiles;

namespace Memtrace.Recording;

/// <summary>
/// Takes memory map snapshots in the background and records them: at the start, near new peaks, at the end, and at long intervals in between, because a target
/// that maps memory during a snapshot is blocked. Snapshots never overlap.
/// </summary>
/// <param name="processId">The target; 0 if it is not visible.</param>
/// <param name="merger">Writes the file.</param>
/// <param name="clock">The event clock.</param>
/// <param name="sampler">Knows the resident set.</param>
internal sealed class BreakdownSampler(int processId, RecordingMerger merger, EventClock clock, MemorySampler sampler)
{
    /// <summary>A last snapshot that takes longer is abandoned.</summary>
    private static readonly TimeSpan LastSnapshotLimit = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly BreakdownSchedule _schedule = new();
    private readonly long _startedAt = clock.Time.GetTimestamp();
    private Task _running = Task.CompletedTask;
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

    /// <summary>Takes the last snapshot while the target still runs, unless that takes too long.</summary>
    public async Task EndAsync()
    {
        var limit = Task.Delay(LastSnapshotLimit, clock.Time);
        await Task.WhenAny(Running, limit);
        StartWhen(_ => BreakdownReason.End);
        await Task.WhenAny(Running, limit);
        lock (_lock)
            _isOver = true;
    }

    private TimeSpan Elapsed => clock.Time.GetElapsedTime(_startedAt);

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
        var now = clock.Now;
        if (MemoryMapReader.Read(processId) is not { } map)
            return;
        var breakdown = map.Summarize(reason: reason);
        lock (_lock)
        {
            if (_isOver)
                return;
            merger.Queue(RecorderEvent.Breakdown, now, BreakdownEvent.Write(breakdown));
            _schedule.Taken(Elapsed, breakdown.RssBytes, map.ReadTime);
        }
    }
}
