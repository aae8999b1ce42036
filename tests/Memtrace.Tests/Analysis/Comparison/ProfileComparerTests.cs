using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.Comparison;
using Memtrace.Profiles;
using static Memtrace.Tests.Analysis.Comparison.Samples;
using Memtrace.Units;

namespace Memtrace.Tests.Analysis.Comparison;

public sealed class ProfileComparerTests
{
    private static readonly ComparisonOptions AsTheyStand = new() { Normalization = Normalization.None };

    [Fact]
    public void Another_line_of_the_same_method_is_the_same_site_with_the_line_of_after()
    {
        var site = Assert.Single(Allocated([Item("T", Small(100), User("Run", 10))], [Item("T", Small(60), User("Run", 20)), Item("T", Small(50), User("Run", 21))]).Sites);
        Assert.Equal(("Run", 20), (site.Site!.Method, site.Site.Line));
        Assert.Equal((100, 110, ChangeTag.None), (site.Change.BeforeSamples, site.Change.AfterSamples, site.Change.Tag));
    }

    [Fact]
    public void A_method_of_another_module_is_another_site()
    {
        var sites = Allocated([Item("T", Small(100), User("Run", 1, "Old.dll"))], [Item("T", Small(100), User("Run", 1, "New.dll"))]).Sites;
        Assert.Equal(new[] { ChangeTag.Gone, ChangeTag.New }, sites.Select(site => site.Change.Tag).Order().Reverse());
    }

    [Fact]
    public void Names_that_the_compiler_renumbered_match()
    {
        var comparison = Allocated(
            [Item("closure#5_0", Small(100), User("App.Job.Run")), Item("Run.stateMachine#4", Small(50), User("App.Job.Run"))],
            [Item("closure#6_0", Small(100), User("App.Job.Run")), Item("Run.stateMachine#7", Small(50), User("App.Job.Run"))]);
        Assert.Equal(["App.Job.Run.closure#0", "App.Job.Run.stateMachine"], comparison.Types.Select(type => type.Type).Order(StringComparer.Ordinal));
        Assert.All(comparison.Types, type => Assert.Equal(0, type.Change.Difference));
        Assert.All(comparison.Sites, site => Assert.Equal(0, site.Change.Difference));
    }

    [Fact]
    public void A_nested_type_is_the_same_where_only_one_recording_names_the_type_around_it()
    {
        var comparison = Allocated(
            [Item("Node", Small(100), User("Tree.Add")), Item("Entry<System.Int32>", Small(70), User("Map.Add"))],
            [Item("Tree.Node", Small(100), User("Tree.Add")), Item("Node", Small(50), User("Graph.Add")), Item("Map<System.Int32>.Entry", Small(70), User("Map.Add"))]);

        Assert.Equal(
            [("Map<System.Int32>.Entry", 70, 70), ("Node", 0, 50), ("Tree.Node", 100, 100)],
            comparison.Types.Select(type => (type.Type, type.Change.BeforeSamples, type.Change.AfterSamples)).OrderBy(type => type.Type, StringComparer.Ordinal));
    }

    [Fact]
    public void Types_of_one_simple_name_remain_different_where_a_call_site_allocates_several()
    {
        var comparison = Allocated(
            [Item("Node", Small(100), User("Run"))],
            [Item("Tree.Node", Small(60), User("Run")), Item("Node", Small(40), User("Run"))]);

        Assert.Equal(["Node", "Tree.Node"], comparison.Types.Select(type => type.Type).Order(StringComparer.Ordinal));
        Assert.Equal([0, 100], comparison.Types.Select(type => type.Change.BeforeSamples).Order());
    }

    [Fact]
    public void An_allocation_without_a_stack_is_a_site_of_its_type()
    {
        var sites = Allocated([Item("T", Small(100)), Item("U", Small(10))], [Item("T", Small(100))]).Sites;
        Assert.All(sites, site => Assert.Null(site.Site));
        Assert.Equal(["U", "T"], sites.Select(site => site.Type));
    }

    [Fact]
    public void Significant_changes_come_first_then_the_largest()
    {
        var types = Allocated(
            [Item("Noise", Small(10_000)), Item("Less", Small(100)), Item("More", Small(10))],
            [Item("Noise", Small(10_250)), Item("Less", Small(10)), Item("More", Small(210))]).Types;
        Assert.Equal([("More", true), ("Less", true), ("Noise", false)], types.Select(type => (type.Type, type.Change.Significant)));
    }

    [Fact]
    public void Recordings_of_different_length_are_compared_by_the_second()
    {
        var (shorter, longer) = (Profile([Item("T", Small(1000))], 10), Profile([Item("T", Small(4000))], 40));
        var bySecond = ProfileComparer.Compare(shorter, longer, new ComparisonOptions()).By(ComparisonMetric.Allocated)!;
        Assert.Equal((Unit.BytesPerSecond, false), (bySecond.Total.Unit, bySecond.Total.Significant));
        Assert.Equal(100 * SmallBytes, bySecond.Total.Before, 1.0);
        Assert.Equal(ChangeTag.Grown, ProfileComparer.Compare(shorter, longer, AsTheyStand).By(ComparisonMetric.Allocated)!.Total.Tag);
    }

    [Fact]
    public void Shares_are_compared_whatever_the_amounts()
    {
        var (before, after) = (Profile([Item("T", Small(100)), Item("U", Small(300))], 10), Profile([Item("T", Small(1000)), Item("U", Small(1000))], 10));
        var types = ProfileComparer.Compare(before, after, new ComparisonOptions { Normalization = Normalization.Bytes }).By(ComparisonMetric.Allocated)!.Types;
        var change = types.Single(type => type.Type == "T").Change;
        Assert.Equal((Unit.Share, ChangeTag.Grown), (change.Unit, change.Tag));
        Assert.Equal((0.25, 0.5), (Math.Round(change.Before, 9), Math.Round(change.After, 9)));
    }

    [Fact]
    public void A_filter_keeps_what_matches_and_shares_are_still_those_of_all()
    {
        var (before, after) = (Profile([Item("T", Small(100)), Item("U", Small(300))], 10), Profile([Item("T", Small(200)), Item("U", Small(200))], 10));
        var options = new ComparisonOptions { Normalization = Normalization.Bytes, Filter = new Regex("^T$") };
        var allocated = ProfileComparer.Compare(before, after, options).By(ComparisonMetric.Allocated)!;
        Assert.Equal("T", Assert.Single(allocated.Types).Type);
        Assert.Equal((0.25, 0.5), (Math.Round(allocated.Total.Before, 9), Math.Round(allocated.Total.After, 9)));
    }

    [Fact]
    public void Live_bytes_are_compared_at_the_end_and_at_the_peak()
    {
        var comparison = SampleComparisons.Compare(new ComparisonOptions());
        Assert.Equal([ComparisonMetric.Allocated, ComparisonMetric.Live, ComparisonMetric.Peak], comparison.Metrics.Select(metric => metric.Metric));
        var (live, peak) = (comparison.By(ComparisonMetric.Live)!.Total, comparison.By(ComparisonMetric.Peak)!.Total);
        Assert.Equal((Unit.Bytes, ChangeTag.Shrunk), (live.Unit, live.Tag));
        Assert.Equal(SampleComparisons.Before.Live!.End.Live.Bytes, live.Before);
        Assert.Equal(SampleComparisons.After.Live!.Peak.Live.Bytes, peak.After);
    }

    [Fact]
    public void A_metric_that_a_recording_lacks_is_left_out_with_the_reason()
    {
        var ticks = SampleProfiles.Ticks with { Live = null };
        var comparison = ProfileComparer.Compare(SampleComparisons.Before, ticks, new ComparisonOptions());
        Assert.Equal(ComparisonMetric.Allocated, Assert.Single(comparison.Metrics).Metric);
        Assert.Equal(MissingData.Survival, MetricAmounts.Missing(ticks, ComparisonMetric.Live));
        Assert.Equal(MissingData.Survival, MetricAmounts.Missing(ticks, ComparisonMetric.Peak));
        Assert.Equal(MissingData.ResidentSet, MetricAmounts.Missing(ticks, ComparisonMetric.Rss));
        Assert.Equal(MissingData.Allocations, MetricAmounts.Missing(SampleProfiles.Empty, ComparisonMetric.Allocated));
        Assert.Null(MetricAmounts.Missing(SampleComparisons.Before, ComparisonMetric.Live));
    }

    [Fact]
    public void A_profile_compared_with_itself_has_not_changed()
    {
        var comparison = ProfileComparer.Compare(SampleComparisons.Before, SampleComparisons.Before, new ComparisonOptions { Tree = true });
        Assert.All(comparison.Metrics, metric =>
        {
            Assert.All([metric.Total, .. metric.Types.Select(type => type.Change), .. metric.Sites.Select(site => site.Change)], change => Assert.Equal(0, change.Difference));
            Assert.Equal(0, metric.Tree!.Weight);
        });
    }

    [Fact]
    public void A_call_tree_has_the_branches_of_both()
    {
        var comparison = ProfileComparer.Compare(
            Profile([Item("T", Small(100), User("A"), User("Main")), Item("T", Small(40), User("B"), User("Main"))], 1),
            Profile([Item("T", Small(100), User("A", 9), User("Main")), Item("T", Small(20), User("C"), User("Main")), Item("T", Small(10), User("Main"))], 1),
            AsTheyStand with { Tree = true });
        var root = comparison.By(ComparisonMetric.Allocated)!.Tree!;
        var main = Assert.Single(root.Children);
        Assert.Equal((140, 130), (main.Total.BeforeSamples, main.Total.AfterSamples));
        Assert.Equal((0, 10), (main.Self.BeforeSamples, main.Self.AfterSamples));
        Assert.Equal(["B", "C", "A"], main.Children.Select(child => child.Frame!.Method));
        Assert.Equal(70 * SmallBytes, root.Weight, 10.0);
        Assert.Null(root.Frame);
    }

    [Fact]
    public void A_tree_is_built_only_on_request() =>
        Assert.All(SampleComparisons.Compare(new ComparisonOptions()).Metrics, metric => Assert.Null(metric.Tree));

    private static MetricComparison Allocated(ImmutableArray<StackAllocations> before, ImmutableArray<StackAllocations> after) =>
        ProfileComparer.Compare(Profile(before, 1), Profile(after, 1), AsTheyStand).By(ComparisonMetric.Allocated)!;

    private static MemoryProfile Profile(ImmutableArray<StackAllocations> stacks, double seconds) => SampleProfiles.Empty with
    {
        Recording = SampleProfiles.Empty.Recording with { DurationSeconds = seconds },
        Allocations = AllocationGrouping.Group(AllocationSampling.Randomized, stacks, seconds),
    };

    /// <summary>An amount with a stack, leaf first.</summary>
    private static StackAllocations Item(string type, Estimate amount, params Frame[] frames) =>
        new(type, frames.Reverse().Aggregate(default(CallStack), (caller, frame) => new CallStack(frame, caller)), amount);

    private static Frame User(string method, int line = 1, string module = "App.dll") => new(method, module, "a.cs", line, FrameOrigin.User);
}
