using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Tests.Exporting.Tables;

public sealed class BreakdownTablesTests
{
    [Fact]
    public void The_data_has_a_row_for_each_snapshot_and_category_and_their_sum_is_the_resident_set()
    {
        var moments = SampleBreakdowns.Live.Breakdown;
        var rows = Read(BreakdownTables.Each(moments));
        Assert.Equal(["atSeconds", "reason", "rssBytes", "swapBytes", "category", "bytes", "share"], rows[0].Keys);
        Assert.Equal(moments.Length * 10, rows.Count);
        foreach (var (moment, group) in moments.Zip(rows.GroupBy(row => row["atSeconds"])))
        {
            Assert.Equal(moment.RssBytes, group.Sum(row => Number(row["bytes"])));
            Assert.Equal(1, group.Sum(row => Number(row["share"])), 5);
        }

        Assert.Contains(rows, row => row["reason"] == "peak" && row["category"] == "otherAnonymous" && Number(row["bytes"]) == 15 * 1024 * 1024);
    }

    [Fact]
    public void One_snapshot_lists_the_largest_first_with_its_parts_below_and_leaves_out_empty_ones()
    {
        var names = Names(BreakdownTables.Of(SampleBreakdowns.Start));
        Assert.Equal(
            [
                "GC heap", "  Gen 0", "  Gen 1", "  Gen 2", "  LOH", "  POH", "  Free", "Images", "  Managed", "  Native",
                "malloc", "  Main heap", "  Arenas (4)", "  Mapped", "Loader heaps", "JIT code", "Mapped files", "  /usr/lib/locale/locale-archive",
                "Other anonymous", "GC bookkeeping", "Stacks (18)", "Resident set",
            ],
            names);
    }

    [Fact]
    public void Generations_that_are_not_resident_are_not_parts_of_the_resident_set()
    {
        const long MiB = 1 << 20;
        var part = SampleBreakdowns.Start.WithGenerations(new GenerationBytes(0, 0, 1 * MiB, SampleBreakdowns.Start[MemoryCategory.GcHeap], 0));
        var rows = BreakdownTables.Of(part).Rows.ToDictionary(row => Name(row), row => (row[2] as Figure)?.Value);

        Assert.Equal((1 * MiB, 0L), (part.GenerationsNotResident, SampleBreakdowns.Start.GenerationsNotResident));
        Assert.Null(rows["  Gen 2"]);
        Assert.Null(rows["  LOH"]);
        Assert.Equal(ShareOf(MemoryCategory.GcHeap), rows["GC heap"]);
        Assert.Equal(ShareOf(MemoryCategory.MallocHeap), rows["malloc"]);

        double ShareOf(MemoryCategory category) => (double)part[category] / part.RssBytes;
    }

    [Fact]
    public void Swapped_out_memory_is_below_the_sum_and_has_no_share_of_it()
    {
        var rows = BreakdownTables.Of(SampleBreakdowns.Start, SampleBreakdowns.End, SampleBreakdowns.Peak).Rows.ToList();
        Assert.Equal("Swapped out", Name(rows[^1]));
        Assert.Equal([0, 12 * 1024 * 1024, 0], Numbers(rows[^1]));
        Assert.Null(rows[^1][5]);
        Assert.Equal("Resident set", Name(rows[^2]));
        Assert.Equal([SampleBreakdowns.Start.RssBytes, SampleBreakdowns.End.RssBytes, SampleBreakdowns.Peak.RssBytes], Numbers(rows[^2]));
        Assert.Equal(new Figure(Unit.Share, 1), rows[^2][5]);
    }

    [Fact]
    public void A_category_that_only_the_first_snapshot_has_is_still_listed()
    {
        var gone = SampleBreakdowns.Peak with
        {
            RssBytes = SampleBreakdowns.Peak.RssBytes - SampleBreakdowns.Peak[MemoryCategory.SharedMemory],
            Categories = [.. SampleBreakdowns.Peak.Categories.Select(item => item.Category == MemoryCategory.SharedMemory ? item with { Bytes = 0 } : item)],
        };
        var rows = BreakdownTables.Of(SampleBreakdowns.Peak, gone, SampleBreakdowns.Peak).Rows;
        var shared = Assert.Single(rows, row => Name(row) == "Shared memory");
        Assert.Equal(new Figure(Unit.Bytes, 0), shared[2]);
        Assert.Equal(-1024 * 1024, Assert.IsType<Figure>(shared[4]).Value);
    }

    [Fact]
    public void A_file_that_was_not_among_the_largest_before_has_no_figure_then()
    {
        var index = BreakdownTables.Of(SampleBreakdowns.Start, SampleBreakdowns.End, SampleBreakdowns.Peak).Rows
            .Single(row => Name(row).EndsWith("products-2026-03.idx", StringComparison.Ordinal));
        Assert.Null(index[1]);
        Assert.Null(index[4]);
    }

    [Fact]
    public void Before_and_after_what_changed_most_comes_first()
    {
        var rows = Read(BreakdownTables.Changes(new BreakdownChange(SampleBreakdowns.Peak, SampleBreakdowns.Limited)));
        Assert.Equal(["part", "beforeBytes", "afterBytes", "changeBytes", "changeRatio"], rows[0].Keys);
        Assert.Equal(
            ["gcHeap", "otherAnonymous", "mallocHeap", "mappedFiles"],
            rows.Select(row => row["part"]).Where(part => !part.Contains('.', StringComparison.Ordinal)).Take(4));
        Assert.Equal(-750 * 1024 * 1024, Number(rows[0]["changeBytes"]));
        Assert.Equal(-750.0 / 1050, Number(rows[0]["changeRatio"]), 6);
        var generation = rows.Single(row => row["part"] == "gcHeap.gen2");
        Assert.Equal(("", ""), (generation["afterBytes"], generation["changeBytes"]));
    }

    [Fact]
    public void Of_many_files_the_largest_are_listed()
    {
        var many = SampleBreakdowns.End with { LargestFiles = [.. Enumerable.Range(1, 9).Select(i => new MappedFile($"/{i}", i))] };
        var names = Names(BreakdownTables.Of(many)).ToList();
        Assert.Equal(["  /9", "  /8", "  /7", "  /6", "  /5"], names.Skip(names.IndexOf("Mapped files") + 1).Take(5));
        Assert.DoesNotContain("  /4", names);
    }

    private static IEnumerable<string> Names(ReportTable table) => table.Rows.Select(Name);

    private static string Name(ImmutableArray<Cell?> row) => ((TextCell)row[0]!).Text;

    private static double?[] Numbers(ImmutableArray<Cell?> row) => [.. row.Skip(1).Take(3).Select(cell => (cell as Figure)?.Value)];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static List<Dictionary<string, string>> Read(ReportTable table)
    {
        using var writer = new StringWriter();
        CsvReport.Write(writer, table);
        return CsvReader.Read(writer.ToString());
    }
}
