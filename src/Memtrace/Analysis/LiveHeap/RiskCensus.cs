using Memtrace.Profiles;
using Memtrace.Reading;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>
/// What one collection finds of the objects at risk, of which the dead may look alive, by type and stack; and from this how likely one that looks alive is.
/// Where it comes from: docs/live-heap.md, rule 4.
/// </summary>
internal sealed class RiskCensus(SiteLedger ledger)
{
    /// <summary>More first looks than these say no more: what a program did long ago is not what it does now.</summary>
    private const double MostFirstLooks = 500;

    /// <summary>A kind with so many objects tells something by itself.</summary>
    private const int Telling = 20;

    private const int Iterations = 50;

    private int[] _judged = [];
    private int[] _alive = [];
    private double[] _share = [];
    private bool _any;
    private double _reuse;
    private double _survival;

    /// <summary>Begins with none.</summary>
    public void Begin()
    {
        if (_judged.Length < ledger.Count)
            (_judged, _alive, _share) = (new int[ledger.Count * 2], new int[ledger.Count * 2], new double[ledger.Count * 2]);
        if (!_any)
            return;

        // Most collections have nothing at risk to look at, and cost nothing here.
        Array.Clear(_judged);
        Array.Clear(_alive);
        _any = false;
    }

    /// <summary>A small object at risk of which the collection says that it lives, or that it does not.</summary>
    public void Add(int site, bool alive)
    {
        _any = true;
        _judged[site]++;
        if (alive)
            _alive[site]++;
    }

    /// <summary>All are counted.</summary>
    public void Conclude()
    {
        if (!_any)
            return;
        _reuse = Reuse();
        _survival = Survival(0.5, 1, _judged.Sum(), _alive.Sum());
        for (var site = 0; site < ledger.Count; site++)
        {
            if (_alive[site] > 0)
                _share[site] = Reweighing.Alive(Survival(site), _reuse);
        }
    }

    /// <summary>What an object at risk that looks alive stands for; null where nothing tells how many of its kind survive.</summary>
    public Estimate? Reweigh(in TrackedObject item)
    {
        if (item.Kind == AllocationKind.Small)
            return Reweighing.Uncertain(item.Amount, _share[item.Site], _alive[item.Site]);
        return ledger.FirstSurvival(item.Site) is { } survival
            ? Reweighing.Uncertain(item.Amount, Reweighing.Alive(survival, Reweighing.LargeReuse(item.Size)), together: 1)
            : null;
    }

    private double Survival(int site)
    {
        ref var entry = ref ledger[site];
        var weight = Math.Min(1, MostFirstLooks / Math.Max(1, entry.Seen));
        return Survival((entry.SeenAlive * weight) + _survival, (entry.Seen * weight) + 1, _judged[site], _alive[site]);
    }

    /// <summary>
    /// The share that survives, most likely after so many certain cases and so many that only look alive: by expectation and maximization, which takes as
    /// many of these for alive as the share of the last round says.
    /// </summary>
    private double Survival(double certainAlive, double certain, int judged, int looksAlive)
    {
        var survival = certainAlive / certain;
        for (var i = 0; i < Iterations; i++)
            survival = (certainAlive + (looksAlive * Reweighing.Alive(survival, _reuse))) / (certain + judged);
        return survival;
    }

    /// <summary>
    /// The share of the dead that look alive, this time: it depends on how much was allocated before the walk. Told by the kinds of which the survival is
    /// known; where there are none, it is what was measured elsewhere, or as much as the kind shows of which most is gone.
    /// </summary>
    private double Reuse()
    {
        var (dead, deadAlive, lowest) = (0.0, 0.0, 1.0);
        for (var site = 0; site < ledger.Count; site++)
        {
            if (_judged[site] >= Telling)
                lowest = Math.Min(lowest, (_alive[site] + 0.5) / (_judged[site] + 1));
            if (ledger[site].Seen < Telling)
                continue;
            var survival = ledger.FirstSurvival(site)!.Value;
            dead += (1 - survival) * _judged[site];
            deadAlive += Math.Max(0, _alive[site] - (survival * _judged[site]));
        }

        return dead < Telling
            ? Math.Min(Reweighing.ReuseBeforeWalk, lowest)
            : Math.Min(1, (deadAlive + (Reweighing.ReuseBeforeWalk * Telling)) / (dead + Telling));
    }
}
