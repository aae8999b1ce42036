using System.Globalization;
using Memtrace.Analysis.Comparison;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tests.Exporting.Tables;

public sealed class ComparisonTablesTests
{
    private static readonly ProfileComparison Comparison = SampleComparisons.Compare(new ComparisonOptions { Tree = true });

    [Fact]
    public void Types_have_the_columns_of_the_document()
    {
        var rows = Read(ComparisonTables.Types(Comparison.Metrics));
        Assert.Equal(
            ["metric", "unit", "beforeBytes", "afterBytes", "changeBytes", "changeRatio", "errorBytes", "significant", "tag", "beforeSamples", "afterSamples", "type"],
            rows[0].Keys);
        var row = rows.Single(row => row["metric"] == "live" && row["type"] == "Shop.Orders.Order");
        var change = Comparison.By(ComparisonMetric.Live)!.Types.Single(type => type.Type == "Shop.Orders.Order").Change;
        Assert.Equal(("bytes", "false", ""), (row["unit"], row["significant"], row["tag"]));
        Assert.Equal(Math.Round(change.Difference).ToString(CultureInfo.InvariantCulture), row["changeBytes"]);
    }

    [Fact]
    public void Sites_have_their_place_in_the_source()
    {
        var row = Read(ComparisonTables.Sites(Comparison.Metrics)).First(row => row["type"] == "Shop.Orders.LruNode");
        Assert.Equal(("allocated", "bytesPerSecond", "0", "new"), (row["metric"], row["unit"], row["beforeBytes"], row["tag"]));
        Assert.Equal(("Shop.Orders.OrderCache.Add", "/src/Shop/Orders/OrderCache.cs", "42"), (row["method"], row["file"], row["line"]));
    }

    [Fact]
    public void A_tree_lists_all_its_nodes_with_their_depth()
    {
        var rows = Read(ComparisonTables.Tree(Comparison.Metrics)).Where(row => row["metric"] == "allocated").ToList();
        Assert.Equal(("0", "System.Threading.Thread.StartCallback", "shrunk"), (rows[0]["depth"], rows[0]["method"], rows[0]["tag"]));
        Assert.Contains(rows, row => row["method"] == "Shop.Program.Main" && row["afterBytes"] == "0" && row["selfChangeBytes"] == row["changeBytes"]);
    }

    [Theory]
    [InlineData(Normalization.Seconds, "gen0PerMinute", "gen0")]
    [InlineData(Normalization.Bytes, "pauseShare", "pauseTotalMs")]
    [InlineData(Normalization.None, "gen0", "gen0PerMinute")]
    public void Memory_has_rates_if_normalized_by_length_and_counts_otherwise(Normalization normalization, string there, string missing)
    {
        var keys = Read(ComparisonTables.Memory(Comparison with { Normalization = normalization })).Select(row => row["figure"]).ToList();
        Assert.Contains(there, keys);
        Assert.DoesNotContain(missing, keys);
        Assert.Contains("rss", keys);
    }

    [Fact]
    public void The_summary_has_the_figures_of_the_document_that_are_not_in_lists()
    {
        var rows = Read(SummaryTable.Of(Comparison)).ToDictionary(row => row["key"], row => row["value"]);
        Assert.Equal("fixed.nettrace", rows["after.recording.file"]);
        Assert.Equal((1201L * 1024 * 1024).ToString(CultureInfo.InvariantCulture), rows["memory.rss.beforeBytes"]);
        Assert.Equal("shrunk", rows["totals.allocated.tag"]);
    }

    private static List<IReadOnlyDictionary<string, string>> Read(ReportTable table)
    {
        using var writer = new StringWriter();
        CsvReport.Write(writer, table);
        return [.. CsvReader.Read(writer.ToString())];
    }
}
