using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Exporting;
using Memtrace.Exporting.Json;
using Memtrace.Profiles;

namespace Memtrace.Tests.Exporting.Json;

public sealed class JsonReportTests
{
    [Fact]
    public void The_document_says_what_it_is()
    {
        var report = Write(SampleProfiles.Shop);
        Assert.Equal("dotnet-memtrace/report", report.GetProperty("schema").GetString());
        Assert.Equal(1, report.GetProperty("version").GetInt32());
    }

    [Fact]
    public void The_process_is_as_in_the_profile()
    {
        var (expected, actual) = (SampleProfiles.Shop.Process, Write(SampleProfiles.Shop).GetProperty("process"));
        Assert.Equal(expected.Id, actual.GetProperty("id").GetInt32());
        Assert.Equal(expected.Name, actual.GetProperty("name").GetString());
        Assert.Equal(expected.CommandLine, actual.GetProperty("commandLine").GetString());
        Assert.Equal(expected.RuntimeVersion, actual.GetProperty("runtimeVersion").GetString());
        Assert.Equal(expected.Architecture, actual.GetProperty("architecture").GetString());
        Assert.Equal(expected.OperatingSystem, actual.GetProperty("operatingSystem").GetString());
        Assert.Equal(expected.ProcessorCount, actual.GetProperty("processorCount").GetInt32());
        Assert.Equal(expected.ServerGc, actual.GetProperty("serverGc").GetBoolean());
        Assert.Equal(expected.ConcurrentGc, actual.GetProperty("concurrentGc").GetBoolean());
    }

    [Theory]
    [InlineData(AllocationSampling.None, "none")]
    [InlineData(AllocationSampling.Tick, "tick")]
    [InlineData(AllocationSampling.Randomized, "randomized")]
    public void The_kind_of_sampling_is_named(AllocationSampling sampling, string expected)
    {
        var profile = SampleProfiles.Shop with { Allocations = SampleProfiles.Shop.Allocations with { Sampling = sampling } };
        Assert.Equal(expected, Write(profile).GetProperty("recording").GetProperty("allocationSampling").GetString());
    }

    [Fact]
    public void The_recording_is_as_in_the_profile()
    {
        var (expected, actual) = (SampleProfiles.Truncated.Recording, Write(SampleProfiles.Truncated).GetProperty("recording"));
        Assert.Equal(expected.File, actual.GetProperty("file").GetString());
        Assert.Equal(expected.StartedAt, actual.GetProperty("startedAt").GetDateTimeOffset());
        Assert.Equal(expected.DurationSeconds, actual.GetProperty("durationSeconds").GetDouble());
        Assert.Equal(expected.WindowStartSeconds, actual.GetProperty("windowStartSeconds").GetDouble());
        Assert.Equal(JsonValueKind.Null, actual.GetProperty("endReason").ValueKind);
        Assert.Equal(JsonValueKind.Null, actual.GetProperty("endDetail").ValueKind);
        Assert.False(actual.GetProperty("complete").GetBoolean());
        Assert.True(actual.GetProperty("survivalTracking").GetBoolean());
        Assert.Equal(expected.SurvivalStopped, actual.GetProperty("survivalStopped").GetString());
        Assert.Equal(expected.AllocationSamples, actual.GetProperty("allocationSamples").GetInt64());
        Assert.Equal(expected.LostEvents, actual.GetProperty("lostEvents").GetInt64());
        Assert.Equal(expected.Frames, actual.GetProperty("frames").GetInt64());
        Assert.Equal(expected.UnresolvedFrames, actual.GetProperty("unresolvedFrames").GetInt64());
    }

    [Fact]
    public void Memory_is_as_in_the_profile()
    {
        var (expected, actual) = (SampleProfiles.Shop.Memory, Write(SampleProfiles.Shop).GetProperty("memory"));
        AssertMeasure(expected.Rss!, actual.GetProperty("rss"));
        AssertMeasure(expected.GcHeap!, actual.GetProperty("gcHeap"));
        AssertMeasure(expected.GcCommitted!, actual.GetProperty("gcCommitted"));
        Assert.Equal(expected.ProcessPeakRssBytes, actual.GetProperty("processPeakRssBytes").GetInt64());
        Assert.Equal(expected.Container!.LimitBytes, actual.GetProperty("container").GetProperty("limitBytes").GetInt64());
        Assert.Equal(expected.Container.UsageBytes, actual.GetProperty("container").GetProperty("usageBytes").GetInt64());
        Assert.Equal(expected.Container.OomKills, actual.GetProperty("container").GetProperty("oomKills").GetInt64());
        Assert.Equal(expected.Machine!.TotalBytes, actual.GetProperty("machine").GetProperty("totalBytes").GetInt64());
        Assert.Equal(expected.Machine.AvailableBytes, actual.GetProperty("machine").GetProperty("availableBytes").GetInt64());
    }

    [Fact]
    public void Memory_has_the_parts_of_the_container_the_GC_settings_and_the_headroom()
    {
        var (profile, actual) = (SampleBreakdowns.Live, Write(SampleBreakdowns.Live).GetProperty("memory"));
        var container = actual.GetProperty("container");
        Assert.Equal(
            [profile.Memory.Container!.PeakBytes, profile.Memory.Container.AnonymousBytes, profile.Memory.Container.FileBytes, profile.Memory.Container.KernelBytes, 8L << 20, (1331L - 110) << 20],
            new[] { "peakBytes", "anonymousBytes", "fileBytes", "kernelBytes", "sharedBytes", "usedBytes" }.Select(key => (long?)container.GetProperty(key).GetInt64()));
        Assert.Equal(1.5, container.GetProperty("pressurePercent").GetDouble());

        var gc = actual.GetProperty("gc");
        Assert.Equal(profile.GcSettings!.HeapHardLimitBytes, gc.GetProperty("heapHardLimitBytes").GetInt64());
        Assert.False(gc.GetProperty("hardLimitConfigured").GetBoolean());
        Assert.Equal((90, 64), (gc.GetProperty("highLoadPercent").GetInt32(), gc.GetProperty("loadPercent").GetInt32()));

        var headroom = actual.GetProperty("headroom");
        Assert.Equal("container", headroom.GetProperty("of").GetString());
        Assert.Equal(827 * 1024 * 1024, headroom.GetProperty("bytes").GetInt64());
        Assert.Equal(827 / 9.6, headroom.GetProperty("reachedAfterSeconds").GetDouble(), 5);
        Assert.Equal(JsonValueKind.Null, Write(SampleProfiles.Shop).GetProperty("memory").GetProperty("headroom").GetProperty("reachedAfterSeconds").ValueKind);
        Assert.Equal(JsonValueKind.Null, Write(SampleProfiles.Empty).GetProperty("memory").GetProperty("headroom").ValueKind);
        Assert.Equal(JsonValueKind.Null, Write(SampleProfiles.Shop).GetProperty("memory").GetProperty("gc").ValueKind);
    }

    [Fact]
    public void Collections_are_as_in_the_profile()
    {
        var (expected, actual) = (SampleProfiles.Shop.Collections, Write(SampleProfiles.Shop).GetProperty("collections"));
        Assert.Equal([28, 8, 4, 4], new[] { "gen0", "gen1", "gen2", "induced" }.Select(key => actual.GetProperty(key).GetInt32()));
        Assert.Equal(expected.PauseTotalMs, actual.GetProperty("pauseTotalMs").GetDouble());
        Assert.Equal(expected.PauseMaxMs, actual.GetProperty("pauseMaxMs").GetDouble());
        Assert.Equal(expected.PausePercent, actual.GetProperty("pausePercent").GetDouble());

        var (first, item) = (expected.Items[0], actual.GetProperty("items")[0]);
        Assert.Equal(expected.Items.Length, actual.GetProperty("items").GetArrayLength());
        Assert.Equal(first.Number, item.GetProperty("number").GetInt32());
        Assert.Equal(first.Reason, item.GetProperty("reason").GetString());
        Assert.Equal(first.PauseMs, item.GetProperty("pauseMs").GetDouble());
        Assert.Equal(first.HeapAfterBytes, item.GetProperty("heapAfterBytes").GetInt64());
        Assert.Equal(JsonValueKind.Null, item.GetProperty("promotedBytes").ValueKind);
    }

    [Fact]
    public void Allocations_are_as_in_the_profile()
    {
        var (expected, actual) = (SampleProfiles.Shop.Allocations, Write(SampleProfiles.Shop).GetProperty("allocations"));
        AssertEstimate(expected.Total, actual);
        Assert.Equal(Math.Round(expected.BytesPerSecond), actual.GetProperty("bytesPerSecond").GetInt64());

        Assert.Equal(expected.Types.Length, actual.GetProperty("types").GetArrayLength());
        foreach (var (type, item) in expected.Types.Zip(actual.GetProperty("types").EnumerateArray()))
        {
            Assert.Equal(type.Type, item.GetProperty("type").GetString());
            AssertEstimate(type.Allocated, item);
            Assert.Equal(type.Allocated.Bytes / expected.Total.Bytes, item.GetProperty("share").GetDouble(), 6);
        }

        Assert.Equal(expected.Sites.Length, actual.GetProperty("sites").GetArrayLength());
        foreach (var (site, item) in expected.Sites.Zip(actual.GetProperty("sites").EnumerateArray()))
            AssertSite(site, item);
    }

    [Fact]
    public void The_timeline_is_as_in_the_profile()
    {
        var (expected, actual) = (SampleProfiles.Shop.Timeline, Write(SampleProfiles.Shop).GetProperty("timeline"));
        Assert.Equal(expected.Length, actual.GetArrayLength());
        foreach (var (point, item) in expected.Zip(actual.EnumerateArray()))
        {
            Assert.Equal(point.Seconds, item.GetProperty("seconds").GetDouble());
            Assert.Equal(point.RssBytes, NullableInt64(item.GetProperty("rssBytes")));
            Assert.Equal(point.GcHeapBytes, NullableInt64(item.GetProperty("gcHeapBytes")));
            Assert.Equal(point.AllocatedBytes, item.GetProperty("allocatedBytes").GetDouble());
        }
    }

    [Fact]
    public void What_is_not_known_is_null()
    {
        var report = Write(SampleProfiles.Empty);
        foreach (var key in new[] { "rss", "gcHeap", "gcCommitted", "processPeakRssBytes", "container", "machine" })
            Assert.Equal(JsonValueKind.Null, report.GetProperty("memory").GetProperty(key).ValueKind);
        foreach (var key in new[] { "name", "commandLine", "runtimeVersion", "serverGc", "concurrentGc" })
            Assert.Equal(JsonValueKind.Null, report.GetProperty("process").GetProperty(key).ValueKind);
        Assert.Equal(0, report.GetProperty("timeline").GetArrayLength());
        Assert.Equal(0, report.GetProperty("allocations").GetProperty("types").GetArrayLength());
    }

    [Fact]
    public void A_filter_is_in_the_document()
    {
        using var stream = new MemoryStream();
        JsonReport.Write(stream, SampleProfiles.Shop, new ProfileFilter(new Regex("(?i)order"), new Regex("^Shop")));
        using var document = JsonDocument.Parse(stream.ToArray());
        var allocations = document.RootElement.GetProperty("allocations");
        Assert.Equal(("(?i)order", "^Shop"), (allocations.GetProperty("filter").GetString(), allocations.GetProperty("typeFilter").GetString()));
        Assert.Equal(JsonValueKind.Null, Write(SampleProfiles.Shop).GetProperty("allocations").GetProperty("filter").ValueKind);
    }

    [Fact]
    public void Ticks_have_no_error() =>
        Assert.Equal(JsonValueKind.Null, Write(SampleProfiles.Ticks).GetProperty("allocations").GetProperty("errorBytes").ValueKind);

    [Fact]
    public void NaN_is_null()
    {
        var profile = SampleProfiles.Empty with { Collections = new CollectionSummary([], double.NaN, double.PositiveInfinity, 0) };
        var collections = Write(profile).GetProperty("collections");
        Assert.Equal(JsonValueKind.Null, collections.GetProperty("pauseTotalMs").ValueKind);
        Assert.Equal(JsonValueKind.Null, collections.GetProperty("pauseMaxMs").ValueKind);
    }

    [Fact]
    public void Hostile_names_survive_as_they_are()
    {
        var expected = SampleProfiles.Hostile.Allocations.Types.Select(type => type.Type.Replace('\ud800', '\ufffd'));
        var types = Write(SampleProfiles.Hostile).GetProperty("allocations").GetProperty("types");
        Assert.Equal(expected, types.EnumerateArray().Select(type => type.GetProperty("type").GetString()));
    }

    [Fact]
    public void Several_profiles_are_an_array()
    {
        using var stream = new MemoryStream();
        JsonReport.Write(stream, [SampleProfiles.Shop, SampleProfiles.Empty]);
        using var document = JsonDocument.Parse(stream.ToArray());
        Assert.Equal(
            ["shop.nettrace", "empty.nettrace"],
            document.RootElement.EnumerateArray().Select(report => report.GetProperty("recording").GetProperty("file").GetString()));
    }

    [Fact]
    public void The_culture_does_not_matter()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };
            Assert.Equal(0.36, Write(SampleProfiles.Shop).GetProperty("collections").GetProperty("pausePercent").GetDouble());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static void AssertSite(SiteAllocations site, JsonElement item)
    {
        Assert.Equal(site.Type, item.GetProperty("type").GetString());
        Assert.Equal(site.Site?.Method, item.GetProperty("method").GetString());
        Assert.Equal(site.Site?.File, item.GetProperty("file").GetString());
        Assert.Equal(site.Site?.Line, (int?)NullableInt64(item.GetProperty("line")));
        Assert.Equal(site.Allocator?.Method, item.GetProperty("allocator").GetString());
        AssertEstimate(site.Allocated, item);
        Assert.Equal(
            site.Stack?.Frames.Select(frame => frame.Method) ?? [],
            item.GetProperty("stack").EnumerateArray().Select(frame => frame.GetString()));
    }

    private static void AssertEstimate(Estimate estimate, JsonElement item)
    {
        Assert.Equal(Math.Round(estimate.Bytes), item.GetProperty("bytes").GetInt64());
        Assert.Equal(Math.Round(estimate.ErrorBytes), item.GetProperty("errorBytes").GetInt64());
        Assert.Equal(Math.Round(estimate.Objects), item.GetProperty("objects").GetInt64());
        Assert.Equal(estimate.Samples, item.GetProperty("samples").GetInt64());
    }

    private static void AssertMeasure(Measure measure, JsonElement item)
    {
        Assert.Equal(measure.StartBytes, item.GetProperty("startBytes").GetInt64());
        Assert.Equal(measure.CurrentBytes, item.GetProperty("currentBytes").GetInt64());
        Assert.Equal(measure.PeakBytes, item.GetProperty("peakBytes").GetInt64());
        Assert.Equal(measure.PeakAtSeconds, item.GetProperty("peakAtSeconds").GetDouble());
    }

    private static long? NullableInt64(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.GetInt64();

    private static JsonElement Write(MemoryProfile profile)
    {
        using var stream = new MemoryStream();
        JsonReport.Write(stream, profile);
        using var document = JsonDocument.Parse(stream.ToArray());
        return document.RootElement.Clone();
    }
}
