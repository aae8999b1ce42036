using System.Text.Json;
using Memtrace.Exporting;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Tests.Exporting.Json;

public sealed class JsonLiveHeapTests
{
    private static readonly LiveHeapProfile Live = SampleProfiles.Live.Live!;

    [Fact]
    public void Each_snapshot_of_the_live_heap_is_as_in_the_profile()
    {
        var live = Write(SampleProfiles.Live).GetProperty("live");
        AssertSnapshot(Live.End, live.GetProperty("end"));
        AssertSnapshot(Live.Peak, live.GetProperty("peak"));
        AssertSnapshot(Live.PeakRss!, live.GetProperty("peakRss"));
        Assert.Equal(Live.UntrackedBytes, live.GetProperty("untrackedBytes").GetInt64());
    }

    [Fact]
    public void What_is_not_known_is_null_and_what_went_wrong_is_counted()
    {
        var live = Write(SampleProfiles.Truncated).GetProperty("live");
        Assert.Equal(JsonValueKind.Null, live.GetProperty("peakRss").ValueKind);
        Assert.Equal(17, live.GetProperty("unknownFates").GetInt64());
        Assert.Equal(0.25, live.GetProperty("thinning").GetDouble());
        Assert.Equal(JsonValueKind.Null, Write(SampleProfiles.LiveEmpty).GetProperty("live").GetProperty("untrackedBytes").ValueKind);
    }

    [Fact]
    public void Growth_is_as_in_the_profile()
    {
        var growth = Write(SampleProfiles.Live).GetProperty("growth");
        Assert.Equal(Live.Growth.Length, growth.GetArrayLength());
        foreach (var (site, item) in Live.Growth.Zip(growth.EnumerateArray()))
        {
            AssertSite(site.Type, site.Site, item);
            Assert.Equal(Math.Round(site.BytesPerSecond), item.GetProperty("bytesPerSecond").GetInt64());
            Assert.Equal(Math.Round(site.ErrorBytesPerSecond), item.GetProperty("errorBytesPerSecond").GetInt64());
            Assert.Equal(Math.Round(site.StartBytes), item.GetProperty("startBytes").GetInt64());
            Assert.Equal(Math.Round(site.EndBytes), item.GetProperty("endBytes").GetInt64());
            Assert.Equal(
                site.Points.Select(point => (point.Seconds, Math.Round(point.Bytes))),
                item.GetProperty("points").EnumerateArray().Select(point => (point.GetProperty("seconds").GetDouble(), point.GetProperty("bytes").GetDouble())));
        }
    }

    [Fact]
    public void Lifetimes_are_as_in_the_profile()
    {
        var lifetimes = Write(SampleProfiles.Live).GetProperty("lifetimes");
        Assert.Equal(Live.Lifetimes.Length, lifetimes.GetArrayLength());
        foreach (var (site, item) in Live.Lifetimes.Zip(lifetimes.EnumerateArray()))
        {
            AssertSite(site.Type, site.Site, item);
            AssertEstimate(site.Allocated, item);
            Assert.Equal(Math.Round(site.DiedGen0), item.GetProperty("diedGen0").GetInt64());
            Assert.Equal(Math.Round(site.DiedGen1), item.GetProperty("diedGen1").GetInt64());
            Assert.Equal(Math.Round(site.DiedGen2), item.GetProperty("diedGen2").GetInt64());
            Assert.Equal(Math.Round(site.Alive), item.GetProperty("alive").GetInt64());
            Assert.Equal(Math.Round(site.BytesPerSecond), item.GetProperty("bytesPerSecond").GetInt64());
        }

        Assert.Equal([false, false, true, false], lifetimes.EnumerateArray().Select(item => item.GetProperty("midLifeCrisis").GetBoolean()));
    }

    [Fact]
    public void Without_survival_all_of_it_is_null()
    {
        var report = Write(SampleProfiles.Shop);
        Assert.All(new[] { "live", "growth", "lifetimes" }, key => Assert.Equal(JsonValueKind.Null, report.GetProperty(key).ValueKind));
    }

    [Fact]
    public void Ticks_have_no_error()
    {
        var ticks = SampleProfiles.Live with { Allocations = SampleProfiles.Ticks.Allocations };
        var report = Write(ticks);
        Assert.Equal(JsonValueKind.Null, report.GetProperty("live").GetProperty("end").GetProperty("errorBytes").ValueKind);
        Assert.Equal(JsonValueKind.Null, report.GetProperty("growth")[0].GetProperty("errorBytesPerSecond").ValueKind);
        Assert.Equal(JsonValueKind.Null, report.GetProperty("lifetimes")[0].GetProperty("errorBytes").ValueKind);
    }

    [Fact]
    public void The_summary_table_has_the_single_figures()
    {
        var rows = SummaryTable.Of(SampleProfiles.Live).Rows.ToDictionary(row => ((TextCell)row[0]!).Text, row => row[1], StringComparer.Ordinal);
        Assert.Equal(new Figure(Unit.Seconds, 101.5), rows["live.peak.atSeconds"]);
        Assert.Equal(new Figure(Unit.Bytes, 128974848), rows["live.untrackedBytes"]);
        Assert.DoesNotContain(rows.Keys, key => key.Contains("sites", StringComparison.Ordinal));
    }

    private static void AssertSnapshot(LiveSnapshot snapshot, JsonElement item)
    {
        Assert.Equal(snapshot.AtSeconds, item.GetProperty("atSeconds").GetDouble());
        AssertEstimate(snapshot.Live, item);
        Assert.Equal(Math.Round(snapshot.Uncollected.Bytes), item.GetProperty("uncollectedBytes").GetInt64());

        Assert.Equal(snapshot.Types.Length, item.GetProperty("types").GetArrayLength());
        foreach (var (type, member) in snapshot.Types.Zip(item.GetProperty("types").EnumerateArray()))
        {
            Assert.Equal(type.Type, member.GetProperty("type").GetString());
            AssertSurvival(type.Survival, member);
        }

        Assert.Equal(snapshot.Sites.Length, item.GetProperty("sites").GetArrayLength());
        foreach (var (site, member) in snapshot.Sites.Zip(item.GetProperty("sites").EnumerateArray()))
        {
            AssertSite(site.Type, site.Site, member);
            AssertSurvival(site.Survival, member);
            Assert.Equal(site.Allocator?.Method, member.GetProperty("allocator").GetString());
            Assert.Equal(site.Stack?.Frames.Select(frame => frame.Method) ?? [], member.GetProperty("stack").EnumerateArray().Select(frame => frame.GetString()));
        }
    }

    private static void AssertSurvival(Survival survival, JsonElement item)
    {
        AssertEstimate(survival.Live, item);
        Assert.Equal(Math.Round(survival.Uncollected.Bytes), item.GetProperty("uncollectedBytes").GetInt64());
        Assert.Equal(survival.SurvivedCollections, item.GetProperty("survivedCollections").GetDouble());
        Assert.Equal(survival.MedianAgeSeconds, item.GetProperty("medianAgeSeconds").GetDouble());
        Assert.Equal(survival.AliveShare, item.GetProperty("aliveShare").GetDouble());
    }

    private static void AssertSite(string type, Frame? site, JsonElement item)
    {
        Assert.Equal(type, item.GetProperty("type").GetString());
        Assert.Equal(site?.Method, item.GetProperty("method").GetString());
        Assert.Equal(site?.File, item.GetProperty("file").GetString());
        Assert.Equal(site?.Line, item.GetProperty("line").ValueKind == JsonValueKind.Null ? null : item.GetProperty("line").GetInt32());
    }

    private static void AssertEstimate(Estimate estimate, JsonElement item)
    {
        Assert.Equal(Math.Round(estimate.Bytes), item.GetProperty("bytes").GetInt64());
        Assert.Equal(Math.Round(estimate.ErrorBytes), item.GetProperty("errorBytes").GetInt64());
        Assert.Equal(Math.Round(estimate.Objects), item.GetProperty("objects").GetInt64());
        Assert.Equal(estimate.Samples, item.GetProperty("samples").GetInt64());
    }

    private static JsonElement Write(MemoryProfile profile)
    {
        using var stream = new MemoryStream();
        JsonReport.Write(stream, profile);
        using var document = JsonDocument.Parse(stream.ToArray());
        return document.RootElement.Clone();
    }
}
