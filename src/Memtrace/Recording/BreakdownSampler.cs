using System.Diagnostics;
using Memtrace.Events;
using Memtrace.Footprint.Maps;
using Memtrace.Processes;
using Memtrace.Profiles;

namespace Memtrace.Recording;

/// <summary>
/// Records snapshots of the target's memory map: at the start, near new peaks, at the end, and rarely in between, because calls of the target that map
/// memory block during a snapshot. Snapshots run in the background, one at a time. Thread-safe.
/// </summary>
/// <param name="processId">The target's process id; 0 if it is not visible.</param>
/// <param name="merger">Receives the snapshots.</param>
/// <param name="clock">The events' clock.</param>
/// <param name="sampler">Provides the resident set.</param>
internal sealed class BreakdownSampler(int processId, RecordingMerger merger, EventClock clock, MemorySampler sampler)
{
    /// <summary>How long to wait for the last snapshot: longer where an earlier one has taken long, because a late one is better than none.</summary>
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly BreakdownSchedule _schedule = new();
    private readonly ProgramIdentity? _program = ProgramIdentity.Of(processId);
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private TimeSpan _longest;
    private bool _isOver;

    /// <summary>Starts the first snapshot. The end waits for it.</summary>
    public void Begin() => _ = Start(BreakdownReason.Start);

    /// <summary>Starts a snapshot if one is due. To be called a few times per second.</summary>
    public void SnapshotWhenDue()
    {
        lock (_lock)
        {
            if (_running.IsCompleted && _schedule.Next(_elapsed.Elapsed, sampler.Rss) is { } reason)
                _ = Start(reason);
        }
    }

    /// <summary>Takes a snapshot on request, unless that would exceed the allowed cost; if one is being taken, that is the one.</summary>
    public Task AskAsync()
    {
        lock (_lock)
            return !_running.IsCompleted || _schedule.Allows(_elapsed.Elapsed) ? Start(BreakdownReason.Asked) : Task.CompletedTask;
    }

    /// <summary>Takes the last snapshot, while the target still exists. If it takes too long, the recording says so.</summary>
    public async Task EndAsync()
    {
        if (processId == 0)
            return;
        var last = FinishAsync();
        var wait = 3 * _longest;
        await Task.WhenAny(last, Task.Delay(wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait));
        lock (_lock)
        {
            _isOver = true;
            if (!last.IsCompleted)
                Drop(BreakdownDrop.TooSlow);
        }
    }

    private async Task FinishAsync()
    {
        await _running;
        await Start(BreakdownReason.End);
    }

    private Task Start(BreakdownReason reason)
    {
        lock (_lock)
            return processId == 0 || !_running.IsCompleted ? _running : _running = Task.Run(() => Snapshot(reason));
    }

    private void Snapshot(BreakdownReason reason)
    {
        var (now, begin) = (clock.Now, _elapsed.Elapsed);
        var map = MemoryMapReader.Read(processId);

        // Another program's memory is not the target's.
        if (map is null || _program?.IsRunningIn(processId) == false)
            return;
        var breakdown = map.Summarize(reason: reason);
        lock (_lock)
        {
            _longest = _elapsed.Elapsed - begin > _longest ? _elapsed.Elapsed - begin : _longest;
            _schedule.Taken(_elapsed.Elapsed, breakdown.RssBytes, map.BusyTime);
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
