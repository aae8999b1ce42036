using Memtrace.Profiles;

namespace Memtrace.Recording;

/// <summary>
/// When to look at where the target's memory is: near a new peak, and otherwise the more seldom the longer the recording and the dearer a look. At most a
/// 200th of the time goes into looking, where a peak is missed otherwise a 20th: of peaks there can be only so many, as each is higher than the one before.
/// </summary>
internal sealed class BreakdownSchedule
{
    private const double LargestDuty = 1.0 / 200;
    private const double LargestDutyNearPeak = 1.0 / 20;

    /// <summary>From the interval on, the time between two looks is this share of the recording, so that hours have hundreds of them, and not thousands.</summary>
    private const double ShareOfRecording = 1.0 / 60;

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(5);

    private TimeSpan _last;
    private TimeSpan _cost;
    private long _peak;

    /// <summary>Why to look now, or null.</summary>
    /// <param name="now">Time since the recording's beginning.</param>
    /// <param name="rss">The resident set, in bytes.</param>
    public BreakdownReason? Next(TimeSpan now, long rss)
    {
        var since = now - _last;
        if (MemoryBreakdown.IsBeyond(_peak, rss) && since >= _cost / LargestDutyNearPeak)
            return BreakdownReason.Peak;
        return Allows(now) && since >= ShortestInterval && since >= now * ShareOfRecording ? BreakdownReason.Interval : null;
    }

    /// <summary>Whether another look keeps to what looking may cost.</summary>
    /// <param name="now">Time since the recording's beginning.</param>
    public bool Allows(TimeSpan now) => now - _last >= _cost / LargestDuty;

    /// <summary>A look was taken.</summary>
    /// <param name="now">When it was over, since the recording's beginning.</param>
    /// <param name="rss">The resident set that it saw, in bytes.</param>
    /// <param name="cost">How long it read the target's map, and so could keep it waiting.</param>
    public void Taken(TimeSpan now, long rss, TimeSpan cost) => (_last, _peak, _cost) = (now, Math.Max(_peak, rss), cost);
}
