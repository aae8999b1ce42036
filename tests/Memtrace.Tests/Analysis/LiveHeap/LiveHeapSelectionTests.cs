using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Analysis.LiveHeap;
using Memtrace.Profiles;

namespace Memtrace.Tests.Analysis.LiveHeap;

public sealed class LiveHeapSelectionTests
{
    private static readonly LiveHeapProfile All = SampleProfiles.Live.Live!;

    [Fact]
    public void A_filter_that_everything_matches_changes_nothing()
    {
        var kept = Apply(".");
        Assert.Equal(All.End.Live, kept.End.Live);
        Assert.Equal(All.End.Types, kept.End.Types);
        Assert.Equal(All.End.Sites, kept.End.Sites);
        Assert.Equal(All.Peak.Stacks, kept.Peak.Stacks);
        Assert.Equal(All.Growth, kept.Growth);
        Assert.Equal(All.Lifetimes, kept.Lifetimes);
    }

    [Fact]
    public void A_filter_that_nothing_matches_leaves_nothing_but_what_is_not_tracked()
    {
        var kept = Apply("no such name");
        Assert.Equal(Estimate.Zero, kept.End.Live);
        Assert.Empty(kept.End.Types);
        Assert.Empty(kept.Peak.Sites);
        Assert.Empty(kept.PeakRss!.Stacks);
        Assert.Empty(kept.Growth);
        Assert.Empty(kept.Lifetimes);
        Assert.Equal(All.UntrackedBytes, kept.UntrackedBytes);
    }

    [Fact]
    public void A_call_site_is_kept_for_any_method_on_its_stacks()
    {
        var kept = Apply("ThreadPoolWorkQueue");
        Assert.Equal(
            ["Shop.Orders.OrderCache.Add", "Shop.Orders.OrderCache.Add", "Shop.Web.InvoiceRenderer.RenderToBuffer<Shop.Orders.Order>"],
            kept.End.Sites.Select(site => site.Site!.Method));
        Assert.Equal(3, kept.Lifetimes.Length);
        Assert.Equal(2, kept.Growth.Length);
    }

    [Fact]
    public void Objects_that_have_all_died_are_found_by_their_allocation_stacks()
    {
        var nothingLives = All with { End = Emptied(All.End), Peak = Emptied(All.Peak), PeakRss = null };
        var kept = new ProfileFilter(new Regex("HandleAsync")).Apply(nothingLives, SampleProfiles.Live.Allocations);
        Assert.Equal(3, kept.Lifetimes.Length);
    }

    [Fact]
    public void Totals_are_the_sums_of_what_is_kept()
    {
        var kept = Apply("OrderCache");
        Assert.Equal(kept.End.Sites.Aggregate(Estimate.Zero, (sum, site) => sum + site.Survival.Live), kept.End.Live);
        Assert.Equal(kept.End.Sites.Aggregate(Estimate.Zero, (sum, site) => sum + site.Survival.Uncollected), kept.End.Uncollected);
        Assert.True(kept.End.Live.Bytes < All.End.Live.Bytes);
    }

    [Fact]
    public void What_no_collection_has_proved_is_summed_where_it_is_known()
    {
        var known = All with
        {
            End = All.End with
            {
                Unproved = Estimate.Zero,
                Sites = [.. All.End.Sites.Select((site, index) => site with { Survival = site.Survival with { Unproved = site.Survival.Live with { Bytes = site.Survival.Live.Bytes / (index + 2) } } })],
            },
        };
        var kept = new ProfileFilter(new Regex("OrderCache")).Apply(known, SampleProfiles.Live.Allocations).End;

        Assert.Equal(kept.Sites.Aggregate(Estimate.Zero, (sum, site) => sum + site.Survival.Unproved), kept.Unproved);
        Assert.InRange(kept.Unproved!.Value.Bytes, 1, kept.Live.Bytes);
        Assert.Null(new ProfileFilter(new Regex("OrderCache")).Apply(known with { End = known.End with { Unproved = null } }, SampleProfiles.Live.Allocations).End.Unproved);
    }

    [Fact]
    public void A_type_with_one_call_site_left_has_the_figures_of_that_site()
    {
        var kept = Apply("Program.Main");
        Assert.Equal(All.End.Sites.Single(site => site.Site!.Method == "Shop.Program.Main").Survival, Assert.Single(kept.End.Types).Survival);
    }

    [Fact]
    public void A_type_with_several_but_not_all_call_sites_left_has_no_ages()
    {
        var other = All.End.Sites[0] with { Site = All.End.Sites[0].Site! with { Line = 99 } };
        var live = All with { End = All.End with { Sites = [.. All.End.Sites, other] } };
        var survival = new ProfileFilter(new Regex("OrderCache")).Apply(live, SampleProfiles.Live.Allocations).End.Types[0].Survival;
        Assert.Equal(2 * All.End.Sites[0].Survival.Live.Bytes, survival.Live.Bytes);
        Assert.Equal((null, null, null), (survival.AliveShare, survival.SurvivedCollections, survival.MedianAgeSeconds));
    }

    private static LiveHeapProfile Apply(string filter) => new ProfileFilter(new Regex(filter)).Apply(All, SampleProfiles.Live.Allocations);

    private static LiveSnapshot Emptied(LiveSnapshot snapshot) => snapshot with { Live = Estimate.Zero, Types = [], Sites = [], Stacks = [] };
}
