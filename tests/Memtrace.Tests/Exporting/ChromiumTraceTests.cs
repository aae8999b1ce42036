using System.Text.Json;
using Memtrace.Exporting;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Tests.Exporting;

public sealed class ChromiumTraceTests
{
    [Fact]
    public void Counters_follow_the_timeline()
    {
        var counters = Events(SampleProfiles.Shop, "C").ToLookup(item => item.GetProperty("name").GetString());
        Assert.Equal(["Allocated", "GC committed", "GC heap", "RSS"], counters.Select(counter => counter.Key).Order());
        Assert.Equal(SampleProfiles.Shop.Timeline.Length, counters["RSS"].Count());
        Assert.Equal(SampleProfiles.Shop.Timeline.Count(point => point.GcHeapBytes is not null), counters["GC heap"].Count());
        var last = counters["RSS"].Last();
        Assert.Equal((125_000_000, 1201L * 1024 * 1024), (last.GetProperty("ts").GetDouble(), last.GetProperty("args").GetProperty("bytes").GetInt64()));
    }

    [Fact]
    public void Collections_are_slices_and_background_ones_have_their_own_track()
    {
        var slices = Events(SampleProfiles.Shop, "X");
        Assert.Equal(SampleProfiles.Shop.Collections.Items.Length, slices.Count);
        Assert.Equal(1, slices.Count(slice => slice.GetProperty("tid").GetInt32() == 2));
        var slice = slices[9];
        Assert.Equal(("Gen 2 collection", 27_500_000, 11_000), (slice.GetProperty("name").GetString(), slice.GetProperty("ts").GetDouble(), slice.GetProperty("dur").GetDouble()));
        var arguments = slice.GetProperty("args");
        Assert.Equal((110, "Induced", 6), (arguments.GetProperty("number").GetInt32(), arguments.GetProperty("reason").GetString(), arguments.GetProperty("pauseMs").GetDouble()));
        Assert.Equal((293_601_280, 113_246_208), (arguments.GetProperty("heapAfterBytes").GetInt64(), arguments.GetProperty("promotedBytes").GetInt64()));
    }

    [Fact]
    public void Breakdowns_and_findings_are_there_if_the_profile_has_them()
    {
        var categories = Enum.GetValues<MemoryCategory>().Select(category => new CategoryMemory(category, 1024 * ((int)category + 1)));
        var profile = SampleProfiles.Shop with
        {
            Breakdown = [new MemoryBreakdown(3, BreakdownReason.Peak, 56_320, 0, [.. categories], null, new(0, 0), new(0, 0, 0, 0), 1, [], [], [])],
            Findings = [new Finding("managed-leak", FindingSeverity.Critical, "It leaks.", "Much.", [new Evidence("bytes", 1, Unit.Bytes)], "Do not.")],
        };
        var breakdown = Assert.Single(Events(profile, "C"), item => item.GetProperty("name").GetString() == "Resident set");
        Assert.Equal(56_320, breakdown.GetProperty("args").EnumerateObject().Sum(category => category.Value.GetInt64()));
        Assert.Equal(1024, breakdown.GetProperty("args").GetProperty("gcHeap").GetInt64());
        var mark = Assert.Single(Events(profile, "i"));
        Assert.Equal(("It leaks.", 125_000_000), (mark.GetProperty("name").GetString(), mark.GetProperty("ts").GetDouble()));
    }

    [Fact]
    public void All_events_are_of_the_process_and_have_a_time()
    {
        foreach (var profile in new[] { SampleProfiles.Live, SampleProfiles.Hostile, SampleProfiles.Empty, SampleProfiles.Ticks })
        {
            double[] times =
            [
                0,
                profile.Recording.WindowStartSeconds + profile.Recording.DurationSeconds,
                .. profile.Timeline.Select(point => point.Seconds),
                .. profile.Collections.Items.Select(collection => collection.StartSeconds),
                .. profile.Breakdown.Select(breakdown => breakdown.AtSeconds),
            ];
            Assert.All(Events(profile), item =>
            {
                Assert.Equal(Math.Max(1, profile.Process.Id), item.GetProperty("pid").GetInt32());
                Assert.Contains(Math.Round(item.GetProperty("ts").GetDouble()), times.Select(Micros));
            });
            Assert.Contains(Events(profile, "M"), item => item.GetProperty("args").GetProperty("name").GetString() == (profile.Process.Name ?? "unknown"));
        }
    }

    /// <summary>
    /// What Perfetto counts as an import error or drops, from its <c>json_trace_tokenizer.cc</c> and <c>json_trace_parser.cc</c>: names without a text,
    /// slices without a duration, counters without a number. Slices of one track that cross are moved to another one with a warning.
    /// </summary>
    [Fact]
    public void Perfetto_refuses_no_event()
    {
        foreach (var profile in new[] { SampleProfiles.Shop, SampleProfiles.Live, SampleProfiles.Hostile, SampleProfiles.Empty, SampleProfiles.Ticks, SampleProfiles.Truncated })
        {
            Assert.All(Events(profile), item => Assert.Contains(item.GetProperty("ph").GetString(), new[] { "M", "C", "X", "i" }));
            Assert.All(Events(profile, "M"), item => Assert.NotEqual("", item.GetProperty("args").GetProperty("name").GetString()));
            Assert.Equal(
                profile.Collections.Items.Select(collection => (Micros(collection.StartSeconds), Micros(collection.DurationMs / 1000))),
                Events(profile, "X").Select(item => (Math.Round(item.GetProperty("ts").GetDouble()), Math.Round(item.GetProperty("dur").GetDouble()))));
            Assert.All(Events(profile, "i"), item => Assert.Equal("p", item.GetProperty("s").GetString()));
            Assert.All(Events(profile, "C").Select(item => item.GetProperty("args")), values =>
            {
                Assert.NotEmpty(values.EnumerateObject());
                Assert.All(values.EnumerateObject(), value => Assert.Equal(JsonValueKind.Number, value.Value.ValueKind));
            });
        }
    }

    private static double Micros(double seconds) => Math.Round(seconds * 1_000_000);

    private static List<JsonElement> Events(MemoryProfile profile, string phase) => [.. Events(profile).Where(item => item.GetProperty("ph").GetString() == phase)];

    private static List<JsonElement> Events(MemoryProfile profile)
    {
        using var stream = new MemoryStream();
        ChromiumTrace.Write(stream, profile);
        using var document = JsonDocument.Parse(stream.ToArray());
        return [.. document.RootElement.Clone().GetProperty("traceEvents").EnumerateArray()];
    }
}
