using Memtrace.Profiles;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>
/// What one collection finds out about objects at risk (dead ones can look alive), by type and stack; this gives the probability that an object that looks
/// alive is alive.
/// Small objects have one census, those on the large and pinned object heaps another, because each heap reuses memory at the rate it allocates.
/// docs/live-heap.md, rule 4.
/// </summary>
internal sealed class RiskCensus(SiteLedger ledger)
{
    /// <summary>Limit on the weight of past first observations: what a program did long ago is not what it does now.</summary>
    private const double MaxFirstObservations = 500;

    /// <summary>Objects at risk that a site needs to be informative by itself.</summary>
    private const int MinInformative = 20;

    /// <summary>Certain first observations that a site needs for its survival to count as known.</summary>
    private const int Known = 5;

    /// <summary>Weight of the measured average, in dead objects.</summary>
    private const int MeasuredElsewhere = 10;

    private const int Iterations = 50;

    private int[] _judged = [];
    private int[] _alive = [];
    private double[] _unnoticed = [];
    private double[] _survivals = [];
    private bool _any;
    private double _reuse;
    private double _survival;

    /// <summary>Starts a new census.</summary>
    public void Begin()
    {
        if (_judged.Length < ledger.Count)
            MakeRoom(ledger.Count * 2);
        if (!_any)
            return;

        // Most collections have no objects at risk, and should cost nothing here.
        Array.Clear(_judged);
        Array.Clear(_alive);
        Array.Clear(_unnoticed);
        _any = false;
    }

    /// <summary>The ledger's numbers changed. Nothing is kept from one collection to the next.</summary>
    public void Renumber()
    {
        MakeRoom(ledger.Count);
        _any = false;
    }

    /// <summary>An object at risk that the collection reports as alive.</summary>
    public void AddAlive(in TrackedObject item)
    {
        Count(item);
        _alive[item.Site]++;
    }

    /// <summary>An object at risk that the collection reports as dead.</summary>
    public void AddDead(in TrackedObject item) => Count(item);

    /// <summary>All objects at risk were added.</summary>
    public void Conclude()
    {
        if (!_any)
            return;
        _reuse = Reuse();
        _survival = Survival(0.5, 1, _judged.Sum(), _alive.Sum(), _reuse * _unnoticed.Sum() / _judged.Sum());
        for (var site = 0; site < ledger.Count; site++)
        {
            if (_alive[site] > 0)
                _survivals[site] = Survival(site);
        }
    }

    /// <summary>The estimate of an object at risk that looks alive.</summary>
    public Estimate Reweigh(in TrackedObject item) =>
        Reweighing.Uncertain(item.Amount, Reweighing.Alive(_survivals[item.Site], _reuse * Reweighing.Unnoticed(item)), _alive[item.Site]);

    private void Count(in TrackedObject item)
    {
        _any = true;
        _judged[item.Site]++;
        _unnoticed[item.Site] += Reweighing.Unnoticed(item);
    }

    private void MakeRoom(int sites)
    {
        (_judged, _alive) = (new int[sites], new int[sites]);
        (_unnoticed, _survivals) = (new double[sites], new double[sites]);
    }

    private double Survival(int site)
    {
        ref var entry = ref ledger[site];
        var weight = Math.Min(1, MaxFirstObservations / Math.Max(1, entry.Seen));
        return Survival((entry.SeenAlive * weight) + _survival, (entry.Seen * weight) + 1, _judged[site], _alive[site], _reuse * Unnoticed(site));
    }

    /// <summary>
    /// Maximum-likelihood estimate of the share that survives, from certain cases and from cases that only look alive, by expectation-maximization.
    /// </summary>
    private static double Survival(double certainAlive, double certain, int judged, int seenAlive, double falselyAlive)
    {
        var survival = certainAlive / certain;
        for (var i = 0; i < Iterations; i++)
            survival = (certainAlive + (seenAlive * Reweighing.Alive(survival, falselyAlive))) / (certain + judged);
        return survival;
    }

    private double Unnoticed(int site) => _unnoticed[site] / _judged[site];

    /// <summary>
    /// The share of dead objects whose memory was reused in this collection, which depends on how much was allocated before the collection reported. Estimated from
    /// sites known to die; the prior is the measured average, or less if some site shows less.
    /// </summary>
    private double Reuse()
    {
        var (dead, deadAlive, lowest) = (0.0, 0.0, 1.0);
        for (var site = 0; site < ledger.Count; site++)
        {
            if (_judged[site] >= MinInformative)
                lowest = Math.Min(lowest, (_alive[site] + 0.5) / (_judged[site] + 1) / Unnoticed(site));
            if (ledger[site].Seen < Known || _judged[site] == 0)
                continue;
            var survival = ledger.FirstSurvival(site)!.Value;
            dead += (1 - survival) * _unnoticed[site];
            deadAlive += Math.Max(0, _alive[site] - (survival * _judged[site]));
        }

        var elsewhere = Math.Min(Reweighing.ReuseBeforeWalk, lowest);
        return Math.Min(1, (deadAlive + (elsewhere * MeasuredElsewhere)) / (dead + MeasuredElsewhere));
    }
}
