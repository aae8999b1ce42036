using Memtrace.Analysis.Budgets;
using Memtrace.Exporting;
using Memtrace.Profiles;
using Memtrace.Tests.Analysis.Findings;

namespace Memtrace.Tests.Analysis.Budgets;

public sealed class BudgetTests
{
    private static readonly MemoryProfile Shop = SampleProfiles.Shop;

    [Fact]
    public void An_exact_figure_may_be_the_limit()
    {
        var peak = Shop.Memory.ProcessPeakRssBytes!.Value;

        Assert.False(Check("peakRss", null, peak).IsExceeded);
        Assert.True(Check("peakRss", null, peak - 1).IsExceeded);
    }

    [Fact]
    public void A_sampled_figure_must_be_beyond_its_error()
    {
        var total = Shop.Allocations.Total;

        Assert.False(Check("allocated", null, total.LowBytes).IsExceeded);
        Assert.True(Check("allocated", null, total.LowBytes - 1).IsExceeded);
    }

    [Fact]
    public void Types_and_call_sites_are_matched()
    {
        var order = Check("allocated", "Shop.Orders.Order", 1);
        var site = Check("allocated", "Shop.Orders.OrderCache.*", 1);

        Assert.All(order.Sites, item => Assert.Equal("Shop.Orders.Order", item.Type));
        Assert.True(order.IsExceeded && site.IsExceeded);
        Assert.Contains(site.Culprits, text => text.EndsWith("Shop.Orders.OrderCache.Add (OrderCache.cs:42)", StringComparison.Ordinal));
    }

    [Fact]
    public void A_pattern_that_matches_nothing_says_so()
    {
        var outcome = Check("allocated", "Nothing.*", 1);

        Assert.False(outcome.IsExceeded);
        Assert.Equal("allocated: Nothing.*: 0 B (no sample matches), the budget is 1 B", outcome.Text);
    }

    [Fact]
    public void Without_collections_since_the_start_the_heap_is_all_that_was_allocated()
    {
        var collected = Shop.Memory.GcHeap!.PeakBytes;
        var uncollected = Shop with { Memory = Shop.Memory with { GcHeap = null }, Collections = Shop.Collections with { Items = [] } };
        var fromStart = uncollected with { Recording = Shop.Recording with { IsFromProcessStart = true, WindowStartSeconds = 0, LostEvents = 0, Complete = true } };

        Assert.Equal(collected, HeapOf(Shop)?.Bytes);
        Assert.Null(HeapOf(uncollected));
        Assert.Equal(Shop.Allocations.Total, HeapOf(fromStart));
        Assert.Equal(collected, HeapOf(fromStart with { Memory = Shop.Memory })?.Bytes);
        Assert.Null(HeapOf(fromStart with { Recording = fromStart.Recording with { LostEvents = 1 } }));
        Assert.Null(HeapOf(fromStart with { Recording = fromStart.Recording with { WindowStartSeconds = 1 } }));
    }

    [Fact]
    public void Without_the_kernels_peak_the_highest_sample_counts()
    {
        var sampled = Shop with { Memory = Shop.Memory with { ProcessPeakRssBytes = null } };

        Assert.Equal(Shop.Memory.Rss!.PeakBytes, new Budget(Measure("peakRss"), null, 1).Check(sampled).Amount?.Bytes);
    }

    [Fact]
    public void What_is_not_recorded_is_unknown()
    {
        Assert.Null(new Budget(Measure("peakGcHeap"), null, 1).Check(SampleProfiles.Empty).Amount);
        Assert.Null(new Budget(Measure("growth"), null, 1).Check(SampleProfiles.Empty).Amount);
    }

    [Fact]
    public void Growth_of_a_short_recording_is_unknown()
    {
        var budget = new Budget(Measure("growth"), null, 1);

        Assert.Equal(0, budget.Check(MadeUp.Quiet).Amount?.Bytes);
        Assert.Null(budget.Check(MadeUp.Quiet.WithRss(at => at * MadeUp.MiB, seconds: 9)).Amount);
    }

    [Fact]
    public void Summaries_have_a_line_for_each_check()
    {
        CheckLine[] lines = [CheckLine.Of(Check("peakRss", null, 1)), new("types|<a>", "1 MiB", "2\u0001", null)];
        var (markdown, xml) = (new StringWriter(), new StringWriter());
        CheckSummary.WriteMarkdown(markdown, [.. lines]);
        CheckSummary.WriteJUnit(xml, [.. lines]);

        Assert.StartsWith("### Memory: 1 of 2 exceeded\n", markdown.ToString());
        Assert.Contains("| types\\|&lt;a> | 2? | 1 MiB | ok |", markdown.ToString(), StringComparison.Ordinal);
        var suite = System.Xml.Linq.XDocument.Parse(xml.ToString()).Root!.Element("testsuite")!;
        Assert.Equal(("2", "1"), (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value));
        Assert.StartsWith("peakRss: ", suite.Element("testcase")!.Element("failure")!.Attribute("message")!.Value);
    }

    private static BudgetOutcome Check(string measure, string? pattern, double limit) => new Budget(Measure(measure), pattern, limit).Check(Shop);

    private static Estimate? HeapOf(MemoryProfile profile) => new Budget(Measure("peakGcHeap"), null, 1).Check(profile).Amount;

    private static BudgetMeasure Measure(string name) => BudgetMeasure.All.Single(measure => measure.Name == name);
}
