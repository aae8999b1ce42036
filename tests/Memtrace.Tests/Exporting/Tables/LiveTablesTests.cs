using System.Globalization;
using Memtrace.Analysis.Allocations;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tests.Exporting.Tables;

public sealed class LiveTablesTests
{
    private static readonly LiveHeapProfile Live = SampleProfiles.Live.Live!;

    [Fact]
    public void Live_sites_say_how_much_how_old_and_where()
    {
        var rows = Read(LiveTables.Sites(Live.End, AllocationSampling.Randomized));
        Assert.Equal(
            [
                "bytes", "errorBytes", "lowBytes", "highBytes", "objects", "samples", "uncollectedBytes", "survivedCollections", "medianAgeSeconds", "aliveShare",
                "type", "method", "file", "line", "allocator",
            ],
            rows[0].Keys);
        Assert.Equal(Live.End.Sites.Select(site => Math.Round(site.Survival.Live.Bytes)), rows.Select(row => Number(row["bytes"])));
        Assert.Equal(("61", "0.41", "42"), (rows[0]["medianAgeSeconds"], rows[0]["aliveShare"], rows[0]["line"]));
    }

    [Fact]
    public void Live_types_are_a_table_of_exact_numbers()
    {
        var rows = Read(LiveTables.Types(Live.Peak, AllocationSampling.Randomized));
        Assert.Equal(Live.Peak.Types.Select(type => type.Type), rows.Select(row => row["type"]));
        Assert.Equal(Live.Peak.Types.Select(type => Math.Round(type.Survival.Live.ErrorBytes)), rows.Select(row => Number(row["errorBytes"])));
    }

    [Fact]
    public void An_age_that_is_not_known_is_nothing()
    {
        var type = new LiveType("T", new Survival(Estimate.Zero, Estimate.Zero, double.NaN, double.NaN, double.NaN));
        var row = Assert.Single(Read(LiveTables.Types(Live.End with { Types = [type] }, AllocationSampling.Randomized)));
        Assert.Equal(("", "", ""), (row["survivedCollections"], row["medianAgeSeconds"], row["aliveShare"]));
    }

    [Fact]
    public void An_unknown_snapshot_is_left_out()
    {
        Assert.Equal(3, Read(LiveTables.Snapshots(Live, AllocationSampling.Randomized)).Count);
        Assert.Equal(2, Read(LiveTables.Snapshots(Live with { PeakRss = null }, AllocationSampling.Randomized)).Count);
    }

    [Fact]
    public void Growth_has_its_rate_its_error_and_its_figures_at_both_ends()
    {
        var rows = Read(GrowthTable.Of(Live.Growth, AllocationSampling.Randomized));
        Assert.Equal(
            ["bytesPerSecond", "errorBytesPerSecond", "startBytes", "endBytes", "type", "method", "file", "line"],
            rows[0].Keys);
        foreach (var (site, row) in Live.Growth.Zip(rows))
        {
            Assert.Equal(Math.Round(site.BytesPerSecond), Number(row["bytesPerSecond"]));
            Assert.Equal(Math.Round(site.ErrorBytesPerSecond), Number(row["errorBytesPerSecond"]));
            Assert.Equal(Math.Round(site.StartBytes), Number(row["startBytes"]));
            Assert.Equal(Math.Round(site.EndBytes), Number(row["endBytes"]));
        }
    }

    [Fact]
    public void Ticks_have_no_error() => Assert.All(Read(GrowthTable.Of(Live.Growth, AllocationSampling.Tick)), row => Assert.Equal("", row["errorBytesPerSecond"]));

    [Fact]
    public void Lifetimes_are_in_bytes_and_in_the_data_without_their_rates()
    {
        var rows = Read(LifetimeTable.Of(Live.Lifetimes, AllocationSampling.Randomized));
        Assert.Equal(
            ["bytes", "bytesPerSecond", "errorBytes", "lowBytes", "highBytes", "objects", "samples", "diedGen0", "diedGen1", "diedGen2", "alive", "aliveShare", "midLifeCrisis", "type", "method", "file", "line"],
            rows[0].Keys);
        Assert.Equal(Live.Lifetimes.Select(site => Math.Round(site.DiedGen1)), rows.Select(row => Number(row["diedGen1"])));
    }

    [Theory]
    [InlineData(1000, 24, 100, true)]
    [InlineData(1000, 24, 9, false)]
    [InlineData(150, 24, 100, false)]
    [InlineData(1000, 100_000, 100, false)]
    public void Small_objects_that_often_die_in_generation_2_are_in_a_mid_life_crisis(double diedGen2, double size, long samples, bool expected)
    {
        var site = new LifetimeSite("T", null, new Estimate(10_000, 1, 10_000 / size, 1, samples), 600, 200, diedGen2, 0, 100);
        Assert.Equal(expected, site.IsMidLifeCrisis);
    }

    [Fact]
    public void A_part_of_what_was_allocated_has_a_part_of_its_rate()
    {
        Assert.Equal(0.5 * Live.Lifetimes[0].BytesPerSecond, LifetimeTable.PerSecond(Live.Lifetimes[0], Live.Lifetimes[0].Allocated.Bytes / 2));
        Assert.Equal(0, LifetimeTable.PerSecond(Live.Lifetimes[0] with { Allocated = Estimate.Zero }, 1));
    }

    [Fact]
    public void Everything_is_sorted_and_limited_as_requested_except_growth_which_has_its_own_order()
    {
        var selected = new AllocationSelection(AllocationOrder.Objects, 2).Apply(Live);
        Assert.Equal([12_000_000, 1_100_000], selected.End.Sites.Select(site => site.Survival.Live.Objects));
        Assert.Equal([30_000_000, 320_000], selected.Lifetimes.Select(site => site.Allocated.Objects));
        Assert.Equal(Live.Growth.Take(2), selected.Growth);
        Assert.Equal(Live.Peak.Live, selected.Peak.Live);
        Assert.Equal(2, selected.PeakRss!.Types.Length);
        Assert.Null(new AllocationSelection(AllocationOrder.Name, null).Apply(Live).Growth[0].Site);
    }

    [Theory]
    [InlineData(CallTreeValue.Allocated)]
    [InlineData(CallTreeValue.Live)]
    [InlineData(CallTreeValue.Peak)]
    public void A_call_tree_has_the_requested_value(object value)
    {
        var expected = value switch { CallTreeValue.Live => Live.End.Live, CallTreeValue.Peak => Live.Peak.Live, _ => SampleProfiles.Live.Allocations.Total };
        Assert.Equal(expected.Bytes, CallTree.Build(ProfileStacks.Of(SampleProfiles.Live, (CallTreeValue)value), CallTreeDirection.Callees).Total.Bytes, 1.0);
    }

    [Fact]
    public void Without_survival_there_is_no_tree_of_live_objects() =>
        Assert.Throws<InvalidOperationException>(() => ProfileStacks.Of(SampleProfiles.Shop, CallTreeValue.Peak));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static List<Dictionary<string, string>> Read(ReportTable table)
    {
        using var writer = new StringWriter();
        CsvReport.Write(writer, table);
        return CsvReader.Read(writer.ToString());
    }
}
