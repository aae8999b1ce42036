using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;

namespace Memtrace.Tests.Analysis.Allocations;

public sealed class AllocationGroupingTests
{
    private static readonly Frame Root = new("Program.Main", "app.dll", "Program.cs", 3, FrameOrigin.User);
    private static readonly Frame Cache = new("App.Cache.Add", "app.dll", "Cache.cs", 10, FrameOrigin.User);
    private static readonly Frame CacheElsewhere = Cache with { Line = 20 };
    private static readonly Frame List = new("System.Collections.Generic.List<T>.Grow", "System.Private.CoreLib.dll", null, null, FrameOrigin.Framework);
    private static readonly CallStack Main = new(Root, null);
    private static readonly CallStack InCache = new(Cache, Main);
    private static readonly CallStack InList = new(List, InCache);
    private static readonly CallStack InCacheElsewhere = new(CacheElsewhere, Main);

    private static Estimate Amount(double bytes) => new(bytes, bytes, bytes / 10, 1, 1);

    private static AllocationProfile Sample() => AllocationGrouping.Group(
        AllocationSampling.Randomized,
        [
            new StackAllocations("A", InList, Amount(100)),
            new StackAllocations("A", InCache, Amount(300)),
            new StackAllocations("A", InCacheElsewhere, Amount(50)),
            new StackAllocations("B", InList, Amount(500)),
            new StackAllocations("C", null, Amount(10)),
        ],
        seconds: 4);

    [Fact]
    public void Adds_up_to_the_total_and_its_rate()
    {
        var profile = Sample();
        Assert.Equal(960, profile.Total.Bytes);
        Assert.Equal(5, profile.Total.Samples);
        Assert.Equal(240, profile.BytesPerSecond);
    }

    [Fact]
    public void Orders_types_by_bytes()
    {
        Assert.Equal([("B", 500.0), ("A", 450.0), ("C", 10.0)], Sample().Types.Select(item => (item.Type, item.Allocated.Bytes)));
    }

    [Fact]
    public void A_site_is_the_first_frame_of_the_users_code()
    {
        var site = Sample().Sites.Single(item => item.Type == "B");
        Assert.Equal(Cache, site.Site);
        Assert.Equal(List, site.Allocator);
        Assert.Same(InList, site.Stack);
    }

    [Fact]
    public void A_site_sums_its_stacks_and_shows_the_heaviest()
    {
        var site = Sample().Sites.Single(item => item.Type == "A" && item.Site == Cache);
        Assert.Equal(400, site.Allocated.Bytes);
        Assert.Same(InCache, site.Stack);
    }

    [Fact]
    public void Each_line_is_a_separate_site()
    {
        Assert.Equal(50, Sample().Sites.Single(item => item.Site == CacheElsewhere).Allocated.Bytes);
    }

    [Fact]
    public void A_stack_without_user_code_has_its_leaf_as_site()
    {
        var profile = AllocationGrouping.Group(AllocationSampling.Tick, [new StackAllocations("A", new CallStack(List, null), Amount(1))], 1);
        Assert.Equal(List, Assert.Single(profile.Sites).Site);
    }

    [Fact]
    public void An_allocation_without_a_stack_has_no_site()
    {
        var site = Sample().Sites.Single(item => item.Type == "C");
        Assert.Null(site.Site);
        Assert.Null(site.Stack);
    }

    [Fact]
    public void A_filter_keeps_matching_types()
    {
        var kept = new ProfileFilter(new Regex("^B$")).Apply(Sample());
        Assert.Equal("B", Assert.Single(kept.Types).Type);
        Assert.Equal(500, kept.Total.Bytes);
        Assert.Equal(125, kept.BytesPerSecond);
    }

    [Fact]
    public void A_filter_keeps_stacks_with_a_matching_method_anywhere()
    {
        Assert.Equal(600, new ProfileFilter(new Regex("List<T>")).Apply(Sample()).Total.Bytes);
        Assert.Equal(950, new ProfileFilter(new Regex("Main")).Apply(Sample()).Total.Bytes);
        Assert.Empty(new ProfileFilter(new Regex("nothing like this")).Apply(Sample()).Sites);
    }

    [Fact]
    public void What_excluded_methods_allocate_is_left_out_but_not_what_the_program_allocates_after_awaiting_them()
    {
        var excluded = new CallStack(new Frame("Own.Session.Read", null, null, null, FrameOrigin.User), null);
        var framework = new CallStack(List, excluded);
        var program = new CallStack(Cache, framework);
        var allocations = AllocationGrouping.Group(
            AllocationSampling.Randomized, [Stack("A", excluded), Stack("B", framework), Stack("C", program), Stack("D", new CallStack(List, program))], seconds: 1);

        var kept = new ProfileFilter(Names: null) { Without = new Regex("^Own") }.Apply(allocations);

        Assert.Equal(["C", "D"], kept.Types.Select(type => type.Type).Order());

        static StackAllocations Stack(string type, CallStack stack) => new(type, stack, Amount(100));
    }

    [Fact]
    public void The_call_tree_goes_from_the_root_down()
    {
        var tree = CallTree.Build(Sample().Stacks, CallTreeDirection.Callees);
        Assert.Null(tree.Frame);
        Assert.Equal((960, 10), (tree.Total.Bytes, tree.Self.Bytes));
        var main = Assert.Single(tree.Children);
        Assert.Equal((Root, 950.0, 0.0), (main.Frame, main.Total.Bytes, main.Self.Bytes));
        var cache = Assert.Single(main.Children);
        Assert.Equal((950, 350), (cache.Total.Bytes, cache.Self.Bytes));
        Assert.Equal(600, Assert.Single(cache.Children).Self.Bytes);
    }

    [Fact]
    public void A_node_of_several_lines_has_their_file()
    {
        var cache = CallTree.Build(Sample().Stacks, CallTreeDirection.Callees).Children[0].Children[0];
        Assert.Equal(Cache with { Line = null }, cache.Frame);
    }

    [Fact]
    public void A_node_of_several_files_has_none()
    {
        StackAllocations[] stacks = [At(Cache), At(Cache with { File = "Other.cs" }), At(Cache)];
        Assert.Equal(Cache with { File = null, Line = null }, Assert.Single(CallTree.Build(stacks, CallTreeDirection.Callees).Children).Frame);

        static StackAllocations At(Frame frame) => new("T", new CallStack(frame, null), new Estimate(10, 0, 1, 0, 1));
    }

    [Fact]
    public void The_inverted_call_tree_goes_from_the_allocators_up()
    {
        var tree = CallTree.Build(Sample().Stacks, CallTreeDirection.Callers);
        Assert.Equal([List.Method, Cache.Method], tree.Children.Select(child => child.Frame!.Method));
        Assert.Equal([600.0, 350.0], tree.Children.Select(child => child.Total.Bytes));
        var main = tree.Children[0].Children[0].Children[0];
        Assert.Equal((600, 600), (main.Total.Bytes, main.Self.Bytes));
    }
}
