using System.Text.Json;
using Memtrace.Exporting;
using Memtrace.Profiles;

namespace Memtrace.Tests.Exporting;

public sealed class SpeedscopeFileTests
{
    [Fact]
    public void There_is_a_profile_for_each_value_with_the_total_of_the_report()
    {
        var profiles = Write(SampleProfiles.Live).GetProperty("profiles").EnumerateArray().ToList();
        var report = ExportedReport.Of(SampleProfiles.Live);
        Assert.Equal(["allocated", "live at the end", "live at its peak"], profiles.Select(profile => profile.GetProperty("name").GetString()));
        Assert.Equal([report.Allocated.Bytes, report.Live.Bytes, report.Peak.Bytes], profiles.Select(profile => Weights(profile).Sum()));
        Assert.All(profiles, profile =>
        {
            Assert.Equal(("sampled", "bytes"), (profile.GetProperty("type").GetString(), profile.GetProperty("unit").GetString()));
            Assert.Equal(0, profile.GetProperty("startValue").GetInt64());
            Assert.Equal(Weights(profile).Sum(), profile.GetProperty("endValue").GetInt64());
            Assert.Equal(Weights(profile).Count, profile.GetProperty("samples").GetArrayLength());
        });
    }

    [Fact]
    public void Without_survival_there_are_only_allocations() =>
        Assert.Equal(1, Write(SampleProfiles.Shop).GetProperty("profiles").GetArrayLength());

    [Fact]
    public void A_stack_goes_from_the_start_of_the_thread_to_the_type()
    {
        var document = Write(SampleProfiles.Live);
        var stacks = Stacks(document, document.GetProperty("profiles")[0]);
        Assert.Contains(
            "System.Threading.Thread.StartCallback > System.Threading.ThreadPoolWorkQueue.Dispatch > System.Threading.Tasks.Task.ExecuteWithThreadLocal > "
                + "Shop.Orders.OrderController.HandleAsync > Shop.Orders.OrderCache.Add > new Shop.Orders.Order",
            stacks.Keys);
        Assert.Equal(1500L * 1024 * 1024, stacks.Single(stack => stack.Key.EndsWith("Add > new Shop.Orders.Order", StringComparison.Ordinal)).Value);
        Assert.Equal(102_400, stacks["[no stack] > new System.Object"]);
        Assert.Equal(400 * 1024, stacks["[unresolved] > new System.String"]);
    }

    [Fact]
    public void A_method_is_one_frame_with_its_file_and_with_its_line_where_there_is_only_one()
    {
        var main = new Frame("A.Main", "A.dll", "a.cs", 1, FrameOrigin.User);
        var root = new CallStack(new Frame("A.Run", "A.dll", "a.cs", 9, FrameOrigin.User), null);
        var amount = new Estimate(100, 0, 1, 0, 1);
        StackAllocations[] stacks = [new("T", new CallStack(main, root), amount), new("T", new CallStack(main with { Line = 2 }, null), amount)];
        var document = Write(SampleProfiles.Shop with { Allocations = SampleProfiles.Shop.Allocations with { Stacks = [.. stacks] } });
        Assert.Equal(
            ["""{"name":"A.Run","file":"a.cs","line":9}""", """{"name":"A.Main","file":"a.cs"}""", """{"name":"new T"}"""],
            document.GetProperty("shared").GetProperty("frames").EnumerateArray().Select(frame => frame.GetRawText()));
    }

    [Fact]
    public void A_method_seen_on_several_lines_in_one_profile_and_on_one_in_another_is_one_frame()
    {
        var amount = new Estimate(100, 0, 1, 0, 1);
        StackAllocations[] stacks = [.. new[] { 1, 2 }.Select(line => new StackAllocations("T", new CallStack(new Frame("A.Main", "A.dll", "a.cs", line, FrameOrigin.User), null), amount))];
        var live = SampleProfiles.Live.Live!;
        var document = Write(SampleProfiles.Live with
        {
            Allocations = SampleProfiles.Live.Allocations with { Stacks = [.. stacks] },
            Live = live with { End = live.End with { Stacks = [new("T", stacks[0].Stack, amount)] }, Peak = live.Peak with { Stacks = [new("T", stacks[1].Stack, amount)] } },
        });
        Assert.Equal(
            ["""{"name":"A.Main","file":"a.cs"}""", """{"name":"new T"}"""],
            document.GetProperty("shared").GetProperty("frames").EnumerateArray().Select(frame => frame.GetRawText()));
    }

    [Fact]
    public void Hostile_names_are_text()
    {
        var document = Write(SampleProfiles.Hostile);
        Assert.Equal(3, Stacks(document, document.GetProperty("profiles")[0]).Count);
        Assert.Contains(
            "new [red]Evil\u001b[31m,Type\r\n\"quoted\"[/]",
            document.GetProperty("shared").GetProperty("frames").EnumerateArray().Select(frame => frame.GetProperty("name").GetString()));
    }

    [Fact]
    public void A_profile_of_nothing_is_one()
    {
        var profile = Assert.Single(Write(SampleProfiles.Empty).GetProperty("profiles").EnumerateArray());
        Assert.Equal(0, profile.GetProperty("samples").GetArrayLength());
    }

    private static JsonElement Write(MemoryProfile profile)
    {
        using var stream = new MemoryStream();
        SpeedscopeFile.Write(stream, profile);
        using var document = JsonDocument.Parse(stream.ToArray());
        return document.RootElement.Clone();
    }

    private static List<long> Weights(JsonElement profile) => [.. profile.GetProperty("weights").EnumerateArray().Select(weight => weight.GetInt64())];

    private static Dictionary<string, long> Stacks(JsonElement document, JsonElement profile)
    {
        var names = document.GetProperty("shared").GetProperty("frames").EnumerateArray().Select(frame => frame.GetProperty("name").GetString()).ToList();
        return profile.GetProperty("samples").EnumerateArray()
            .Select(sample => string.Join(" > ", sample.EnumerateArray().Select(frame => names[frame.GetInt32()])))
            .Zip(Weights(profile))
            .ToDictionary(stack => stack.First, stack => stack.Second);
    }
}
