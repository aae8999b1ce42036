namespace Memtrace.Analysis.LiveHeap;

/// <summary>
/// Keeps copies of the heap at its largest, and at the peak of the resident set. A copy is deferred until objects are about to be removed: a heap that grows
/// steadily is never copied, and one that rises and falls is copied once per rise.
/// </summary>
internal sealed class PeakSnapshots
{
    /// <summary>A new peak must be higher by this share to be copied: it bounds the number of copies at the price of this error.</summary>
    private const double Margin = 1.0 / 512;

    private double _highestRss = double.NegativeInfinity;
    private double? _rssPeakAt;

    /// <summary>Live bytes of <see cref="Peak"/>.</summary>
    public double PeakBytes { get; private set; } = double.NegativeInfinity;

    /// <summary>The heap when live bytes were highest; null if they have not fallen yet.</summary>
    public HeapCopy? Peak { get; private set; }

    /// <summary>The heap when the resident set was largest; null if nothing was removed since, or it is unknown.</summary>
    public HeapCopy? PeakRss { get; private set; }

    /// <summary>When the resident set was largest, if the heap has not been copied since; otherwise null.</summary>
    public double? UncopiedRssPeak => _rssPeakAt;

    /// <summary>When the resident set was largest, if the heap has been copied since; otherwise null.</summary>
    public double? PastRssPeak => _rssPeakAt is null ? PeakRss?.AtSeconds : null;

    /// <summary>The ledger's numbers changed.</summary>
    /// <param name="numbers">The new number of each.</param>
    /// <param name="count">How many there are now.</param>
    public void Renumber(int[] numbers, int count)
    {
        Peak?.Renumber(numbers, count);
        PeakRss?.Renumber(numbers, count);
    }

    /// <summary>A reading of the resident set.</summary>
    public void Resident(double seconds, long rss)
    {
        if (rss < _highestRss * (1 + Margin))
            return;
        _highestRss = rss;
        _rssPeakAt = seconds;
    }

    /// <summary>Objects are about to be removed.</summary>
    /// <param name="seconds">Now.</param>
    /// <param name="before">Live bytes now.</param>
    /// <param name="after">Live bytes afterwards.</param>
    /// <param name="objects">The objects now.</param>
    /// <param name="ledger">What was allocated until now.</param>
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
