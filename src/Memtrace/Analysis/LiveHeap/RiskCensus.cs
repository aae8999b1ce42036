using Memtrace.Profiles;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>
/// What one collection finds of the objects at risk, of which the dead may look alive, by type and stack; and from this how likely one that looks alive is.
/// Small objects have one, those of the large and the pinned object heap another: memory is used again there as it is allocated there.
/// Where it comes from: docs/live-heap.md, rule 4.
/// </summary>
internal sealed class RiskCensus(SiteLedger ledger)
{
    /// <summary>More first looks than these say no more: what a program did long ago is not what it does now.</summary>
    private const double MaxFirstObservations = 500;

    /// <summary>A kind with so many objects at risk tells something by itself.</summary>
    private const int MinInformative = 20;

    /// <summary>A kind with so many certain first looks is known to live or to die.</summary>
    private const int Known = 5;

    /// <summary>What was measured elsewhere counts as much as so many dead objects here.</summary>
    private const int MeasuredElsewhere = 10;

    private const int Iterations = 50;

    private int[] _judged = [];
    private int[] _alive = [];
    private double[] _unnoticed = [];
    private double[] _survivals = [];
    private bool _any;
    private double _reuse;
    private double _survival;

    /// <summary>Begins with none.</summary>
    public void Begin()
    {
        if (_judged.Length < ledger.Count)
            MakeRoom(ledger.Count * 2);
        if (!_any)
            return;

        // Most collections have nothing at risk to look at, and cost nothing here.
        Array.Clear(_judged);
        Array.Clear(_alive);
        Array.Clear(_unnoticed);
        _any = false;
    }

    /// <summary>An object at risk of which the collection says that it lives, or that it does not.</summary>
    public void Add(in TrackedObject item, bool alive)
    {
        _any = true;
        _judged[item.Site]++;
        _unnoticed[item.Site] += Reweighing.Unnoticed(item);
        if (alive)
            _alive[item.Site]++;
    }

    /// <summary>All are counted.</summary>
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

    /// <summary>What an object at risk that looks alive stands for.</summary>
    public Estimate Reweigh(in TrackedObject item) =>
        Reweighing.Uncertain(item.Amount, Reweighing.Alive(_survivals[item.Site], _reuse * Reweighing.Unnoticed(item)), _alive[item.Site]);

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
    /// The share that survives, most likely after so many certain cases and so many that only look alive: by expectation and maximization, which takes as
    /// many of these for alive as the share of the last round says.
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
    /// The share of the dead of which the memory is used again, this time: it depends on how much was allocated before the walk. Told by the kinds that are
    /// known to die; to begin with, it is what was measured elsewhere, or as little as the kind shows of which most is gone.
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
