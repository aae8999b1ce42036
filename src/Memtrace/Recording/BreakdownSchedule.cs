using Memtrace.Profiles;

namespace Memtrace.Recording;

/// <summary>
/// Decides when to take a snapshot of the memory map: near new peaks, and otherwise less often the longer the recording and the more expensive the snapshots.
/// Snapshots take at most 1/200 of the time, near a new peak 1/20: the number of peaks is bounded, because each is higher than the one before.
/// </summary>
internal sealed class BreakdownSchedule
{
    private const double MaxDuty = 1.0 / 200;
    private const double MaxDutyNearPeak = 1.0 / 20;

    /// <summary>In long recordings the time between snapshots is this share of the recording so far, so that hours have hundreds of them, not thousands.</summary>
    private const double ShareOfRecording = 1.0 / 60;

    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(5);

    private TimeSpan _last;
    private TimeSpan _cost;
    private long _peak;

    /// <summary>The reason to take a snapshot now; null if none is due.</summary>
    /// <param name="now">Time since the start of the recording.</param>
    /// <param name="rss">The resident set, in bytes; null if unknown.</param>
    public BreakdownReason? Next(TimeSpan now, long? rss)
    {
        var since = now - _last;
        if (rss is { } resident && MemoryBreakdown.IsBeyond(_peak, resident) && since >= _cost / MaxDutyNearPeak)
            return BreakdownReason.Peak;
        return Allows(now) && since >= MinInterval && since >= now * ShareOfRecording ? BreakdownReason.Interval : null;
    }

    /// <summary>Whether another snapshot stays within the allowed cost.</summary>
    /// <param name="now">Time since the start of the recording.</param>
    public bool Allows(TimeSpan now) => now - _last >= _cost / MaxDuty;

    /// <summary>Notes that a snapshot was taken.</summary>
    /// <param name="now">When it was complete, since the start of the recording.</param>
    /// <param name="rss">The resident set in it, in bytes.</param>
    /// <param name="cost">How long it read the target's memory map, and so could block it.</param>
    public void Taken(TimeSpan now, long rss, TimeSpan cost) => (_last, _peak, _cost) = (now, Math.Max(_peak, rss), cost);
}
