using System.Globalization;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tests.Exporting;

public sealed class CollapsedStacksTests
{
    [Fact]
    public void A_line_is_a_stack_with_its_bytes()
    {
        var lines = Write(SampleProfiles.Shop, CallTreeValue.Allocated);
        Assert.Equal(6, lines.Count);
        Assert.Equal(55L * 1024 * 1024, lines["Shop.Program.Main;new Shop.Orders.Order"]);
        Assert.Equal(102_400, lines["[no stack];new System.Object"]);
        Assert.Equal(400 * 1024, lines["[unresolved];new System.String"]);
    }

    [Theory]
    [InlineData(CallTreeValue.Allocated)]
    [InlineData(CallTreeValue.Live)]
    [InlineData(CallTreeValue.Peak)]
    public void The_sum_is_that_of_the_report(object value)
    {
        var report = ExportedReport.Of(SampleProfiles.Live);
        var expected = value switch { CallTreeValue.Live => report.Live, CallTreeValue.Peak => report.Peak, _ => report.Allocated };
        Assert.Equal(expected.Bytes, Write(SampleProfiles.Live, (CallTreeValue)value).Values.Sum());
    }

    [Fact]
    public void Names_cannot_add_frames_or_lines()
    {
        var frame = new Frame("A;B\nC\u2028.D 5", null, null, null, FrameOrigin.User);
        var amount = new Estimate(10, 0, 1, 0, 1);
        var profile = SampleProfiles.Shop with { Allocations = SampleProfiles.Shop.Allocations with { Stacks = [new("T;\r\n7", new CallStack(frame, null), amount)] } };
        Assert.Equal("A:B\uFFFDC\uFFFD.D 5;new T:\uFFFD\uFFFD7", Assert.Single(Write(profile, CallTreeValue.Allocated)).Key);
        Assert.Equal(3, Write(SampleProfiles.Hostile, CallTreeValue.Allocated).Count);
    }

    [Theory]
    [InlineData("7", "new_7")]
    [InlineData("Order 2", "new Order_2")]
    [InlineData("Order 2.5", "new Order_2.5")]
    [InlineData("Order 2.", "new Order_2.")]
    [InlineData("Order v2", "new Order v2")]
    [InlineData("2 Orders", "new 2 Orders")]
    [InlineData("注文 ７", "new 注文 ７")]
    public void A_type_that_ends_with_a_number_is_not_a_column_of_a_difference(string type, string leaf)
    {
        var amount = new Estimate(10, 0, 1, 0, 1);
        var profile = SampleProfiles.Shop with { Allocations = SampleProfiles.Shop.Allocations with { Stacks = [new(type, null, amount)] } };
        Assert.Equal($"[no stack];{leaf}", Assert.Single(Write(profile, CallTreeValue.Allocated)).Key);
    }

    [Fact]
    public void Live_values_require_survival() =>
        Assert.Throws<InvalidOperationException>(() => Write(SampleProfiles.Shop, CallTreeValue.Live));

    private static Dictionary<string, long> Write(MemoryProfile profile, CallTreeValue value)
    {
        using var writer = new StringWriter();
        CollapsedStacks.Write(writer, profile, value);
        var text = writer.ToString();
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return text[..^1].Split('\n').ToDictionary(line => line[..line.LastIndexOf(' ')], line => long.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }
}
