using Memtrace.Profiles;

namespace Memtrace.Recording;

/// <summary>
/// Decides when to take memory map snapshots: near new peaks, and otherwise at intervals that grow with the length of the recording and the cost of a
/// snapshot. Snapshots take at most 0.5 % of the time, near new peaks up to 5 %: those are limited in number, as each peak is higher than the one before.
/// </summary>
internal sealed class BreakdownSchedule
{
    private const double MaxDuty = 1.0 / 200;
    private const double MaxDutyNearPeak = 1.0 / 20;

    /// <summary>The time between two snapshots grows with the recording, so that hours have hundreds of them, not thousands.</summary>
    private const double ShareOfRecording = 1.0 / 60;

    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(5);

    private TimeSpan _last;
    private TimeSpan _cost;
    private long _peak;

    /// <summary>The reason for a snapshot now, or null.</summary>
    /// <param name="now">Time since the start of the recording.</param>
    /// <param name="rss">The resident set, in bytes.</param>
    public BreakdownReason? Next(TimeSpan now, long rss)
    {
        var since = now - _last;
        if (MemoryBreakdown.IsBeyond(_peak, rss) && since >= _cost / MaxDutyNearPeak)
            return BreakdownReason.Peak;
        return Allows(now) && since >= MinInterval && since >= now * ShareOfRecording ? BreakdownReason.Interval : null;
    }

    /// <summary>Whether the budget allows another snapshot.</summary>
    /// <param name="now">Time since the start of the recording.</param>
    public bool Allows(TimeSpan now) => now - _last >= _cost / MaxDuty;

    /// <summary>Records that a snapshot was taken.</summary>
    /// <param name="now">When it was finished, since the start of the recording.</param>
    /// <param name="rss">The resident set it saw, in bytes.</param>
    /// <param name="cost">How long reading the map took, during which the target may have been blocked.</param>
    public void Taken(TimeSpan now, long rss, TimeSpan cost) => (_last, _peak, _cost) = (now, Math.Max(_peak, rss), cost);
}
