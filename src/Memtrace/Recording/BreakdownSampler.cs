using System.Diagnostics;
using Memtrace.OperatingSystem.Maps;
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
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    /// <summary>A last look that takes longer is given up.</summary>
    private static readonly TimeSpan LastLookLimit = TimeSpan.FromSeconds(1);

    private readonly BreakdownSchedule _schedule = new();
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private volatile bool _isOver;
    private int _isAsked;

    /// <summary>Looks until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (processId == 0)
            return;
        using var timer = new PeriodicTimer(Tick);
        try
        {
            await LookAsync(BreakdownReason.Start);
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                if (_schedule.Next(_elapsed.Elapsed, sampler.Rss) is { } reason)
                    await LookAsync(reason);
            }
        }
        catch (OperationCanceledException)
        {
            // The recording is over.
        }
    }

    /// <summary>Looks because somebody asks for it, unless that would be more often than it may cost.</summary>
    public async Task AskAsync()
    {
        if (processId == 0 || Interlocked.Exchange(ref _isAsked, 1) != 0)
            return;
        if (_schedule.Allows(_elapsed.Elapsed))
            await LookAsync(BreakdownReason.Asked);
        Volatile.Write(ref _isAsked, 0);
    }

    /// <summary>Looks a last time, while the target is still there. What takes too long is left out.</summary>
    /// <param name="running">The cancelled <see cref="RunAsync"/>.</param>
    public async Task EndAsync(Task running)
    {
        if (processId != 0)
            await Task.WhenAny(Task.WhenAll(running, LookAsync(BreakdownReason.End)), Task.Delay(LastLookLimit));
        _isOver = true;
    }

    private Task LookAsync(BreakdownReason reason) => Task.Run(() =>
    {
        var now = clock.Now;
        if (MemoryMapReader.Read(processId) is not { } map || _isOver)
            return;
        var breakdown = map.Summarize(reason: reason);
        merger.Queue(RecorderEvent.Breakdown, now, OwnEvents.Breakdown(breakdown));
        _schedule.Looked(_elapsed.Elapsed, breakdown.RssBytes, map.ReadTime);
    });
}
