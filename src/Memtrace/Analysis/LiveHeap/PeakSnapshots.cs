namespace Memtrace.Analysis.LiveHeap;

/// <summary>
/// Keeps the heap as it was when it was largest, and when the resident set was. A copy is put off until something is about to go, so that a heap that
/// grows steadily is never copied, and one that goes up and down once a rise.
/// </summary>
internal sealed class PeakSnapshots
{
    /// <summary>A new peak must be higher by this share for a copy: it bounds how many there are, at this much of the truth.</summary>
    private const double Margin = 1.0 / 512;

    private double _highestRss = double.NegativeInfinity;
    private double? _rssPeakAt;

    /// <summary>Live bytes of <see cref="Peak"/>.</summary>
    public double PeakBytes { get; private set; } = double.NegativeInfinity;

    /// <summary>The heap when most of it lived, or null where it has not begun to fall yet.</summary>
    public HeapCopy? Peak { get; private set; }

    /// <summary>The heap when the resident set was largest, or null where nothing has gone since, or nothing is known.</summary>
    public HeapCopy? PeakRss { get; private set; }

    /// <summary>When the resident set was largest, where that has not been copied; else null.</summary>
    public double? UncopiedRssPeak => _rssPeakAt;

    /// <summary>A reading of the resident set.</summary>
    public void Resident(double seconds, long rss)
    {
        if (rss < _highestRss * (1 + Margin))
            return;
        _highestRss = rss;
        _rssPeakAt = seconds;
    }

    /// <summary>Objects are about to go.</summary>
    /// <param name="seconds">Now.</param>
    /// <param name="before">Live bytes now.</param>
    /// <param name="after">Live bytes afterwards.</param>
    /// <param name="objects">What there is now.</param>
    /// <param name="ledger">What was allocated by now.</param>
    public void BeforeChange(double seconds, double before, double after, TrackedObjects objects, SiteLedger ledger)
    {
        if (_rssPeakAt is { } rssPeakAt)
        {
            PeakRss ??= new HeapCopy();
            PeakRss.Take(rssPeakAt, objects, ledger);
            _rssPeakAt = null;
        }

        if (after < before && before > PeakBytes * (1 + Margin))
        {
            Peak ??= new HeapCopy();
            Peak.Take(seconds, objects, ledger);
            PeakBytes = before;
        }
    }
}
