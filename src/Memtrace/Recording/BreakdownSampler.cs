using System.Diagnostics;
using Memtrace.Events;
using Memtrace.Footprint.Maps;
using Memtrace.Profiles;

namespace Memtrace.Recording;

/// <summary>
/// Looks now and then at where the target's memory is, and puts that into the recording: at the beginning, near new peaks, at the end, and between
/// them seldom, for a look makes the target wait where it maps memory meanwhile. It runs beside everything else.
/// </summary>
/// <param name="processId">The target; 0 if it cannot be seen.</param>
/// <param name="merger">Where to.</param>
/// <param name="clock">The events' clock.</param>
/// <param name="sampler">Tells the resident set.</param>
internal sealed class BreakdownSampler(int processId, RecordingMerger merger, EventClock clock, MemorySampler sampler)
{
    /// <summary>A last look that takes longer is given up.</summary>
    private static readonly TimeSpan LastSnapshotLimit = TimeSpan.FromSeconds(1);

    private readonly BreakdownSchedule _schedule = new();
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private Task _running = Task.CompletedTask;
    private volatile bool _isOver;
    private int _isAsked;

    /// <summary>Looks for the first time, without waiting for it.</summary>
    public void Begin() => Begin(BreakdownReason.Start);

    /// <summary>Looks if it is time to, without waiting for it. To be called a few times a second.</summary>
    public void SnapshotWhenDue()
    {
        if (_running.IsCompleted && _schedule.Next(_elapsed.Elapsed, sampler.Rss) is { } reason)
            Begin(reason);
    }

    /// <summary>Looks because somebody asks for it, unless that would be more often than it may cost.</summary>
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

    /// <summary>Looks a last time, while the target is still there. What takes too long is left out.</summary>
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
