using System.Diagnostics;
using Memtrace.Events;
using Memtrace.Footprint.Maps;
using Memtrace.Profiles;

namespace Memtrace.Recording;

/// <summary>
/// Records snapshots of the target's memory map: at the start, near new peaks, at the end, and rarely in between, because calls of the target that map
/// memory block during a snapshot. Snapshots run in the background.
/// </summary>
/// <param name="processId">The target's process id; 0 if it is not visible.</param>
/// <param name="merger">Receives the snapshots.</param>
/// <param name="clock">The events' clock.</param>
/// <param name="sampler">Provides the resident set.</param>
internal sealed class BreakdownSampler(int processId, RecordingMerger merger, EventClock clock, MemorySampler sampler)
{
    /// <summary>How long to wait for the last snapshot.</summary>
    private static readonly TimeSpan LastSnapshotLimit = TimeSpan.FromSeconds(1);

    private readonly BreakdownSchedule _schedule = new();
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private Task _running = Task.CompletedTask;
    private volatile bool _isOver;
    private int _isAsked;

    /// <summary>Starts the first snapshot.</summary>
    public void Begin() => Begin(BreakdownReason.Start);

    /// <summary>Starts a snapshot if one is due. To be called a few times per second.</summary>
    public void SnapshotWhenDue()
    {
        if (_running.IsCompleted && _schedule.Next(_elapsed.Elapsed, sampler.Rss) is { } reason)
            Begin(reason);
    }

    /// <summary>Takes a snapshot on request, unless that would exceed the allowed cost.</summary>
    public async Task AskAsync()
    {
        if (processId == 0 || Interlocked.Exchange(ref _isAsked, 1) != 0)
            return;
        try
        {
            if (_schedule.Allows(_elapsed.Elapsed))
                await SnapshotAsync(BreakdownReason.Asked);
        }
        finally
        {
            Volatile.Write(ref _isAsked, 0);
        }
    }

    /// <summary>Takes the last snapshot, while the target still exists. It is left out if it takes too long.</summary>
    public async Task EndAsync()
    {
        if (processId != 0)
            await Task.WhenAny(Task.WhenAll(_running, SnapshotAsync(BreakdownReason.End)), Task.Delay(LastSnapshotLimit));
        _isOver = true;
    }

    private void Begin(BreakdownReason reason)
    {
        if (processId != 0)
            _running = SnapshotAsync(reason);
    }

    private Task SnapshotAsync(BreakdownReason reason) => Task.Run(() =>
    {
        var now = clock.Now;
        if (MemoryMapReader.Read(processId) is not { } map || _isOver)
            return;
        var breakdown = map.Summarize(reason: reason);
        merger.Queue(RecorderEvent.Breakdown, now, BreakdownEvent.Write(breakdown));
        _schedule.Taken(_elapsed.Elapsed, breakdown.RssBytes, map.ReadTime);
    });
}
