using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.LiveHeap;
using Memtrace.Events;

namespace Memtrace.Tests.Analysis.LiveHeap;

public sealed class RiskCensusTests
{
    private readonly SiteLedger _ledger = new();
    private readonly RiskCensus _census;
    private AllocationKind _kind = AllocationKind.Small;
    private long _size = 64;

    public RiskCensusTests() => _census = new RiskCensus(_ledger);

    [Fact]
    public void A_kind_that_all_looks_alive_is_alive_even_if_nothing_else_is_known()
    {
        var leak = Site(1);
        Judge((leak, 100, 100));
        Assert.InRange(Share(leak), 0.98, 1);
    }

    [Fact]
    public void Many_kinds_with_a_single_object_each_are_judged_together()
    {
        var sites = Enumerable.Range(0, 60).Select(Site).ToList();
        Judge([.. sites.Select(site => (site, 1, 1))]);
        Assert.All(sites, site => Assert.InRange(Share(site), 0.97, 1));
    }

    [Fact]
    public void A_type_that_is_mostly_gone_is_dead_even_if_a_few_objects_look_alive()
    {
        var (temporary, leak) = (Site(1), Site(2));
        Judge((temporary, 300, 40), (leak, 100, 100));
        Assert.InRange(Share(temporary), 0, 0.1);
        Assert.InRange(Share(leak), 0.98, 1);
    }

    [Fact]
    public void Kinds_known_to_die_show_how_many_of_the_dead_look_alive_this_time()
    {
        // Half of the known dead look alive: so half of an unknown kind may as well be dead.
        var (known, unknown) = (Site(1), Site(2));
        See(known, alive: 0, dead: 500);
        Judge((known, 200, 100), (unknown, 100, 50));
        Assert.InRange(Share(known), 0, 0.02);
        Assert.InRange(Share(unknown), 0, 0.5);
    }

    [Fact]
    public void A_few_of_a_kind_known_to_die_show_that_all_the_dead_look_alive_this_time()
    {
        var (known, unknown) = (Site(1), Site(2));
        See(known, alive: 0, dead: 12);
        Judge((known, 16, 16), (unknown, 10, 10));
        Assert.InRange(Share(known), 0, 0.3);
        Assert.InRange(Share(unknown), 0.5, 1);
    }

    [Fact]
    public void Kinds_known_to_live_stay_alive()
    {
        var site = Site(1);
        See(site, alive: 30, dead: 0);
        Judge((site, 1, 1));
        Assert.InRange(Share(site), 0.98, 1);
    }

    [Fact]
    public void What_a_kind_does_now_outweighs_what_it_did_long_ago()
    {
        var (changed, temporary) = (Site(1), Site(2));
        See(changed, alive: 0, dead: 100_000);
        See(temporary, alive: 0, dead: 100_000);
        Judge((changed, 2_000, 2_000), (temporary, 20_000, 400));
        Assert.InRange(Share(changed), 0.9, 1);
    }

    [Fact]
    public void A_large_kind_that_is_never_checked_otherwise_is_dead_if_hardly_any_of_it_look_alive()
    {
        // 200 KB: of what takes the place of the dead one in seven is not sampled.
        (_kind, _size) = (AllocationKind.Large, 200_024);
        var (temporary, leak, single) = (Site(1), Site(2), Site(3));
        Judge((temporary, 300, 3), (leak, 30, 30), (single, 1, 1));
        Assert.InRange(Share(temporary), 0, 0.2);
        Assert.InRange(Share(leak), 0.99, 1);
        Assert.InRange(Share(single), 0.9, 1);
    }

    [Fact]
    public void The_shares_are_right_on_average()
    {
        // Kinds of all lifetimes, each with 200 objects at risk: what is counted as alive of those that look alive, against what is.
        const double Reuse = 0.15;
        var random = new Random(5);
        var sites = Enumerable.Range(0, 50).Select(i => (Site: Site(i), Survival: i / 49.0)).ToList();
        var (truth, counts) = (0.0, new List<(int, int, int)>());
        foreach (var (site, survival) in sites)
        {
            var alive = Enumerable.Range(0, 200).Count(_ => random.NextDouble() < survival);
            var reused = Enumerable.Range(0, 200 - alive).Count(_ => random.NextDouble() < Reuse);
            truth += alive;
            counts.Add((site, 200, alive + reused));
        }

        Judge([.. counts]);
        var estimate = counts.Sum(count => count.Item3 * Share(count.Item1));

        // Of 10,000 objects' fates: sqrt(200 * sum of p (1 - p)) = 40, and the reuse adds as much again.
        Assert.InRange(estimate, truth - 250, truth + 250);
    }

    private int Site(int number) => _ledger.Number(new AllocationKey(number, 0));

    private void See(int site, int alive, int dead)
    {
        for (var i = 0; i < alive; i++)
            _ledger.FindAlive(site);
        for (var i = 0; i < dead; i++)
            _ledger.FindDead(site);
    }

    private void Judge(params (int Site, int Judged, int Alive)[] counts)
    {
        _census.Begin();
        foreach (var (site, judged, alive) in counts)
        {
            for (var i = 0; i < judged; i++)
            {
                if (i < alive)
                    _census.AddAlive(Item(site));
                else
                    _census.AddDead(Item(site));
            }
        }

        _census.Conclude();
    }

    /// <summary>How much of it counts.</summary>
    private double Share(int site)
    {
        var item = Item(site);
        return _census.Reweigh(item).Bytes / item.Bytes;
    }

    private TrackedObject Item(int site) => new() { Site = site, Size = _size, Kind = _kind, Amount = AllocationEstimators.Sampled(_size) };
}
