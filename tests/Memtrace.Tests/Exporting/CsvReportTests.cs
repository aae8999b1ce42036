using System.Globalization;
using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Tests.Exporting;

public sealed class CsvReportTests
{
    [Fact]
    public void Types_are_a_table_of_exact_numbers()
    {
        var allocations = SampleProfiles.Shop.Allocations;
        var rows = Read(AllocationTables.Types(allocations));
        Assert.Equal(allocations.Types.Length, rows.Count);
        foreach (var (type, row) in allocations.Types.Zip(rows))
        {
            Assert.Equal(type.Type, row["type"]);
            Assert.Equal(Math.Round(type.Allocated.Bytes), Number(row["bytes"]));
            Assert.Equal(Math.Round(type.Allocated.ErrorBytes), Number(row["errorBytes"]));
            Assert.Equal(type.Allocated.Objects, Number(row["objects"]));
            Assert.Equal(type.Allocated.Samples, Number(row["samples"]));
            Assert.Equal(type.Allocated.Bytes / allocations.Total.Bytes, Number(row["share"]), 6);
            Assert.Equal(type.Allocated.Bytes / 125, Number(row["bytesPerSecond"]), 0.51);
        }
    }

    [Fact]
    public void Sites_say_where()
    {
        var rows = Read(AllocationTables.Sites(SampleProfiles.Shop.Allocations));
        Assert.Equal(
            ["bytes", "errorBytes", "lowBytes", "highBytes", "share", "objects", "samples", "type", "method", "file", "line", "allocator"],
            rows[0].Keys);
        Assert.Equal("Shop.Orders.OrderCache.Add", rows[0]["method"]);
        Assert.Equal("/src/Shop/Orders/OrderCache.cs", rows[0]["file"]);
        Assert.Equal("42", rows[0]["line"]);
        Assert.Equal("System.Collections.Generic.Dictionary<System.String, Shop.Orders.Order>.Resize", rows[0]["allocator"]);
        Assert.Equal(("", "", ""), (rows[^1]["method"], rows[^1]["file"], rows[^1]["line"]));
    }

    [Fact]
    public void Names_with_quotes_and_commas_come_back_as_they_were_and_control_characters_are_spelled_out()
    {
        var allocations = SampleProfiles.Hostile.Allocations;
        var rows = Read(AllocationTables.Sites(allocations));
        Assert.Equal(allocations.Sites.Select(site => PlainText.Escape(site.Type)), rows.Select(row => row["type"]));
        Assert.Equal(allocations.Sites.Select(site => PlainText.Escape(site.Site?.File ?? "")), rows.Select(row => row["file"]));
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData(" =1", "' =1")]
    [InlineData("\uFF1D1", "'\uFF1D1")]
    [InlineData("\t=1", "\\u0009=1")]
    [InlineData("\u001b[31mred", "\\u001B[31mred")]
    [InlineData("a\r\nb", "a\\u000D\\u000Ab")]
    [InlineData("\u202Egnp", "\\u202Egnp")]
    [InlineData("Shop.Order<T>", "Shop.Order<T>")]
    public void No_text_runs_as_a_formula_or_controls_a_terminal(string text, string expected) =>
        Assert.Equal(expected, Read(ReportTable.Of([text], new Column<string>("text", "Text", ColumnKind.Text, row => row)))[0]["text"]);

    [Fact]
    public void Half_a_character_is_spelled_out() =>
        Assert.Equal("\\uD83D", Read(ReportTable.Of(["\ud83d"], new Column<string>("text", "Text", ColumnKind.Text, row => row)))[0]["text"]);

    [Fact]
    public void Numbers_below_zero_stay_numbers() =>
        Assert.Equal("-5", Read(ReportTable.Of([-5.0], new Column<double>("bytes", "Bytes", Unit.Bytes, row => row)))[0]["bytes"]);

    [Fact]
    public void Ticks_have_no_error() =>
        Assert.All(Read(AllocationTables.Types(SampleProfiles.Ticks.Allocations)), row => Assert.Equal("", row["errorBytes"]));

    [Fact]
    public void A_call_tree_lists_callers_before_callees_with_their_depth()
    {
        var allocations = SampleProfiles.Shop.Allocations;
        var rows = Read(CallTreeTable.Of(allocations.Sampling, CallTreeRows.All(CallTree.Build(allocations.Stacks, CallTreeDirection.Callees), 0), CallTreeDirection.Callees));
        Assert.Equal(
            ["0 System.Threading.Thread.StartCallback", "1 System.Threading.ThreadPoolWorkQueue.Dispatch"],
            rows.Take(2).Select(row => row["depth"] + " " + row["method"]));
        Assert.DoesNotContain("tree", rows[0].Keys);
    }

    [Fact]
    public void Collections_are_in_time_order_with_empty_cells_for_unknown_values()
    {
        var rows = Read(CollectionTables.Each(SampleProfiles.Shop.Collections.Items));
        Assert.Equal(SampleProfiles.Shop.Collections.Items.Select(item => item.StartSeconds), rows.Select(row => Number(row["startSeconds"])));
        Assert.Equal("", rows[0]["promotedBytes"]);
        Assert.Equal("true", rows[19]["background"]);
        Assert.Equal("false", rows[0]["induced"]);
    }

    [Fact]
    public void The_timeline_has_a_rate_since_the_point_before()
    {
        var rows = Read(TimelineTable.Of(SampleProfiles.Shop.Timeline, 0));
        Assert.Equal("", rows[0]["allocatedBytesPerSecond"]);
        Assert.Equal(80.0 * 1024 * 1024, Number(rows[1]["allocatedBytesPerSecond"]));
        Assert.Equal("", rows[0]["gcHeapBytes"]);
    }

    [Fact]
    public void The_summary_has_the_figures_of_the_json_report_under_their_paths()
    {
        var rows = Read(SummaryTable.Of(SampleProfiles.Shop)).ToDictionary(row => row["key"], row => row["value"], StringComparer.Ordinal);
        Assert.Equal("4711", rows["process.id"]);
        Assert.Equal("true", rows["process.serverGc"]);
        Assert.Equal("1300234240", rows["memory.rss.peakBytes"]);
        Assert.Equal("28", rows["collections.gen0"]);
        Assert.Equal("0.36", rows["collections.pausePercent"]);
        Assert.Equal("", rows["recording.survivalStopped"]);
        Assert.DoesNotContain(rows.Keys, key => key.StartsWith("timeline", StringComparison.Ordinal));
    }

    [Fact]
    public void An_empty_table_is_its_header() =>
        Assert.Equal("seconds,rssBytes,gcHeapBytes,gcCommittedBytes,allocatedBytes,allocatedBytesPerSecond\n", Write(TimelineTable.Of([], 0)));

    [Fact]
    public void Tables_of_several_recordings_are_joined()
    {
        using var writer = new StringWriter();
        var file = new Column("recording", "Recording", ColumnKind.Text, null);
        CsvReport.Write(
            writer,
            [.. new[] { SampleProfiles.Shop, SampleProfiles.Ticks }.Select(profile => AllocationTables.Types(profile.Allocations).After(file, new TextCell(profile.Recording.File)))]);
        var rows = CsvReader.Read(writer.ToString());
        Assert.Equal(10, rows.Count);
        Assert.Equal(["gc-verbose.nettrace", "shop.nettrace"], rows.Select(row => row["recording"]).Distinct().Order());
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static List<Dictionary<string, string>> Read(ReportTable table) => CsvReader.Read(Write(table));

    private static string Write(ReportTable table)
    {
        using var writer = new StringWriter();
        CsvReport.Write(writer, table);
        return writer.ToString();
    }
}
