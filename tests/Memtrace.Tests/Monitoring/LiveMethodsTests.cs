using Memtrace.Monitoring;
using Memtrace.Profiles;

namespace Memtrace.Tests.Monitoring;

public sealed class LiveMethodsTests
{
    private static readonly CallStack Main = new(Frame("Main", 1), null);

    [Fact]
    public void The_total_of_a_method_includes_its_callees_and_self_does_not()
    {
        var parse = new CallStack(Frame("Parse", 7), Main);
        var rows = Rows((parse, 100), (Main, 20));

        Assert.Equal([("Main", 120, 20), ("Parse", 100, 100)], rows);
    }

    [Fact]
    public void A_method_that_calls_itself_counts_once()
    {
        var walk = new CallStack(Frame("Walk", 9), new(Frame("Walk", 5), new(Frame("Visit", 3), new(Frame("Walk", 5), Main))));

        Assert.Equal([("Main", 8, 0), ("Visit", 8, 0), ("Walk", 8, 8)], Rows((walk, 8)));
    }

    [Fact]
    public void All_lines_of_a_method_are_one_row()
    {
        var rows = Rows((new(Frame("Parse", 7), Main), 3), (new(Frame("Parse", 8), Main), 4));

        Assert.Contains(("Parse", 7, 7), rows);
    }

    [Fact]
    public void An_allocation_without_a_stack_has_no_method() => Assert.Empty(Rows((null, 5)));

    [Fact]
    public void Rates_and_live_bytes_of_a_method_include_its_callees()
    {
        var live = SampleProfiles.Live;

        var row = Assert.Single(LiveMethods.Rows(live, live.Allocations with { Stacks = [] }, 2), row => row.Site!.Method.EndsWith(".HandleAsync", StringComparison.Ordinal));

        var known = live.Live!.End.Stacks.Where(item => item.Stack?.Frames.Any(frame => frame.Method == row.Site!.Method) == true).Sum(item => item.Live.Bytes);
        Assert.Equal(known, row.Live!.Value.Bytes, precision: 3);
        Assert.Null(row.GrowthBytesPerSecond);
        var allocated = live.Allocations.Stacks.Where(item => item.Stack?.Frames.Any(frame => frame.Method == row.Site!.Method) == true).Sum(item => item.Allocated.Bytes);
        Assert.Equal(allocated, row.Allocated.Bytes, precision: 3);
        Assert.Equal(allocated / 2, row.BytesPerSecond, precision: 3);
    }

    private static List<(string Method, int Total, int Self)> Rows(params (CallStack? Stack, double Bytes)[] stacks)
    {
        var profile = SampleProfiles.Empty with
        {
            Allocations = SampleProfiles.Empty.Allocations with { Stacks = [.. stacks.Select(stack => new StackAllocations("T", stack.Stack, Estimate.Zero with { Bytes = stack.Bytes }))] },
        };
        return [.. LiveMethods.Rows(profile, null, 0).Select(row => (row.Site!.Method, (int)row.Allocated.Bytes, (int)row.Self!.Value.Bytes))];
    }

    private static Frame Frame(string method, int line) => new(method, "app.dll", "app.cs", line, FrameOrigin.User);
}
