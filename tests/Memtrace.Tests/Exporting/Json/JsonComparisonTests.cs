using System.Text.Json;
using Memtrace.Analysis.Comparison;
using Memtrace.Exporting;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tests.Exporting.Json;

public sealed class JsonComparisonTests
{
    private static readonly ProfileComparison Comparison = SampleComparisons.Compare(new ComparisonOptions());

    [Fact]
    public void The_document_says_what_it_is()
    {
        var json = Write(Comparison);
        Assert.Equal("dotnet-memtrace/diff", json.GetProperty("schema").GetString());
        Assert.Equal(1, json.GetProperty("version").GetInt32());
        Assert.Equal("seconds", json.GetProperty("normalization").GetString());
    }

    [Fact]
    public void Both_recordings_are_described_as_in_their_reports()
    {
        foreach (var (key, profile) in new[] { ("before", SampleComparisons.Before), ("after", SampleComparisons.After) })
        {
            var (side, report) = (Write(Comparison).GetProperty(key), Report(profile));
            Assert.Equal(report.GetProperty("process").GetRawText(), side.GetProperty("process").GetRawText().Replace("\n  ", "\n", StringComparison.Ordinal));
            Assert.Equal(profile.Recording.File, side.GetProperty("recording").GetProperty("file").GetString());
            Assert.Equal(profile.Recording.DurationSeconds, side.GetProperty("recording").GetProperty("durationSeconds").GetDouble());
            Assert.Equal("randomized", side.GetProperty("recording").GetProperty("allocationSampling").GetString());
        }
    }

    [Theory]
    [InlineData("rss", 1201, 402)]
    [InlineData("rssPeak", 1240, 431)]
    [InlineData("gcHeap", 1048, 290)]
    [InlineData("gcHeapPeak", 1048, 301)]
    [InlineData("gcCommitted", 1105, 1105)]
    public void Memory_is_in_bytes(string key, long beforeMiB, long afterMiB)
    {
        const long MiB = 1024 * 1024;
        var figure = Write(Comparison).GetProperty("memory").GetProperty(key);
        Assert.Equal(
            (beforeMiB * MiB, afterMiB * MiB, (afterMiB - beforeMiB) * MiB),
            (figure.GetProperty("beforeBytes").GetInt64(), figure.GetProperty("afterBytes").GetInt64(), figure.GetProperty("changeBytes").GetInt64()));
    }

    [Theory]
    [InlineData("gen0", 28, 14, -14)]
    [InlineData("gen0PerMinute", 13.44, 14, 0.56)]
    [InlineData("gen2", 4, 2, -2)]
    [InlineData("pauseShare", 0.0036, 0.0025, -0.0011)]
    [InlineData("pauseMaxMs", 20.5, 11, -9.5)]
    [InlineData("durationSeconds", 125, 60, -65)]
    public void Collections_pauses_and_lengths_are_there(string key, double before, double after, double change)
    {
        var figure = Write(Comparison).GetProperty("memory").GetProperty(key);
        Assert.Equal(before, figure.GetProperty("before").GetDouble(), 6);
        Assert.Equal(after, figure.GetProperty("after").GetDouble(), 6);
        Assert.Equal(change, figure.GetProperty("change").GetDouble(), 6);
    }

    [Fact]
    public void What_a_recording_does_not_contain_is_null()
    {
        var json = Write(ProfileComparer.Compare(SampleComparisons.Before, SampleProfiles.Ticks, new ComparisonOptions()));
        var rss = json.GetProperty("memory").GetProperty("rss");
        Assert.Equal(SampleComparisons.Before.Memory.Rss!.CurrentBytes, rss.GetProperty("beforeBytes").GetInt64());
        Assert.Equal(JsonValueKind.Null, rss.GetProperty("afterBytes").ValueKind);
        Assert.Equal(JsonValueKind.Null, rss.GetProperty("changeBytes").ValueKind);
    }

    [Fact]
    public void Totals_are_by_metric()
    {
        var totals = Write(Comparison).GetProperty("totals");
        Assert.Equal(["allocated", "live", "peak"], totals.EnumerateObject().Select(metric => metric.Name));
        AssertChange(Comparison.By(ComparisonMetric.Live)!.Total, totals.GetProperty("live"));
    }

    [Fact]
    public void Types_are_those_of_all_metrics()
    {
        var types = Write(Comparison).GetProperty("types").EnumerateArray().ToList();
        var expected = Comparison.Metrics.SelectMany(metric => metric.Types.Select(type => (Metric: DataName.Of(metric.Metric), type.Type, type.Change))).ToList();
        Assert.Equal(expected.Count, types.Count);
        Assert.All(expected.Zip(types), pair =>
        {
            Assert.Equal(pair.First.Metric, pair.Second.GetProperty("metric").GetString());
            Assert.Equal(pair.First.Type, pair.Second.GetProperty("type").GetString());
            AssertChange(pair.First.Change, pair.Second);
        });
    }

    [Fact]
    public void Sites_are_those_of_all_metrics()
    {
        var sites = Write(Comparison).GetProperty("sites").EnumerateArray().ToList();
        var expected = Comparison.Metrics.SelectMany(metric => metric.Sites.Select(site => (Metric: DataName.Of(metric.Metric), Site: site))).ToList();
        Assert.Equal(expected.Count, sites.Count);
        Assert.All(expected.Zip(sites), pair =>
        {
            var (site, json) = (pair.First.Site, pair.Second);
            Assert.Equal(pair.First.Metric, json.GetProperty("metric").GetString());
            Assert.Equal(site.Type, json.GetProperty("type").GetString());
            Assert.Equal(site.Site?.Method, json.GetProperty("method").GetString());
            Assert.Equal(site.Site?.File, json.GetProperty("file").GetString());
            Assert.Equal(site.Site?.Line, json.GetProperty("line") is { ValueKind: JsonValueKind.Number } line ? line.GetInt32() : null);
            AssertChange(site.Change, json);
        });
    }

    [Fact]
    public void Tags_are_words_and_null_within_noise()
    {
        var types = Write(Comparison).GetProperty("types").EnumerateArray().Where(type => type.GetProperty("metric").GetString() == "allocated")
            .ToDictionary(type => type.GetProperty("type").GetString()!, type => type.GetProperty("tag").GetString());
        Assert.Equal(("new", "grown", null, null), (types["Shop.Orders.LruNode"], types["Shop.Orders.Order"], types["System.Byte[]"], types["System.Object"]));
        Assert.Contains("shrunk", types.Values);
        var gone = Write(Comparison).GetProperty("sites").EnumerateArray().First(site => site.GetProperty("method").GetString() == "Shop.Program.Main");
        Assert.Equal("gone", gone.GetProperty("tag").GetString());
    }

    [Fact]
    public void Shares_are_fractions()
    {
        var total = Write(SampleComparisons.Compare(new ComparisonOptions { Normalization = Normalization.Bytes })).GetProperty("totals").GetProperty("allocated");
        Assert.Equal(("share", 1.0, 1.0), (total.GetProperty("unit").GetString(), total.GetProperty("beforeBytes").GetDouble(), total.GetProperty("afterBytes").GetDouble()));
    }

    private static void AssertChange(Change expected, JsonElement actual)
    {
        Assert.Equal(DataName.Of(expected.Unit), actual.GetProperty("unit").GetString());
        Assert.Equal(expected.Before, actual.GetProperty("beforeBytes").GetInt64(), 0.5);
        Assert.Equal(expected.After, actual.GetProperty("afterBytes").GetInt64(), 0.5);
        Assert.Equal(expected.Difference, actual.GetProperty("changeBytes").GetInt64(), 0.5);
        Assert.Equal(expected.Error, actual.GetProperty("errorBytes").GetInt64(), 0.5);
        Assert.Equal(expected.Significant, actual.GetProperty("significant").GetBoolean());
        Assert.Equal(expected.Tag == ChangeTag.None ? null : DataName.Of(expected.Tag), actual.GetProperty("tag").GetString());
        Assert.Equal((expected.BeforeSamples, expected.AfterSamples), (actual.GetProperty("beforeSamples").GetInt64(), actual.GetProperty("afterSamples").GetInt64()));
        if (expected.Ratio is { } ratio)
            Assert.Equal(ratio, actual.GetProperty("changeRatio").GetDouble(), 6);
        else
            Assert.Equal(JsonValueKind.Null, actual.GetProperty("changeRatio").ValueKind);
    }

    private static JsonElement Report(MemoryProfile profile)
    {
        using var stream = new MemoryStream();
        JsonReport.Write(stream, profile);
        using var document = JsonDocument.Parse(stream.ToArray());
        return document.RootElement.Clone();
    }

    private static JsonElement Write(ProfileComparison comparison)
    {
        using var stream = new MemoryStream();
        JsonComparison.Write(stream, comparison);
        using var document = JsonDocument.Parse(stream.ToArray());
        return document.RootElement.Clone();
    }
}
