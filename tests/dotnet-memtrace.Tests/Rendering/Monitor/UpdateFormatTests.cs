using System.Text.Json;
using Memtrace.Exporting;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Monitoring;

namespace Memtrace.Tool.Tests.Rendering.Monitor;

/// <summary>A moment as JSON and as CSV tells as of when what lives is known.</summary>
public sealed class UpdateFormatTests
{
    private static readonly LiveUpdate Stopped = SampleUpdates.Of(SampleProfiles.Live with
    {
        Recording = SampleProfiles.Live.Recording with { SurvivalStopped = "it took too long" },
        Live = SampleProfiles.Live.Live! with { End = SampleProfiles.Live.Live.End with { AtSeconds = 20.5 }, UnknownSurvival = 17, TrackingRate = 0.25 },
    });

    [Fact]
    public void Json_says_until_when_it_is_known_and_why_no_longer()
    {
        var update = Json(Stopped);
        var live = update.GetProperty("live");

        Assert.Equal("it took too long", update.GetProperty("survivalStopped").GetString());
        Assert.Equal((20.5, 17, 0.25), (live.GetProperty("atSeconds").GetDouble(), live.GetProperty("unknownFates").GetInt64(), live.GetProperty("thinning").GetDouble()));
        Assert.Equal(JsonValueKind.Null, Json(SampleUpdates.Of(SampleProfiles.Live)).GetProperty("survivalStopped").ValueKind);
    }

    [Fact]
    public void Csv_says_as_of_when_it_is_known()
    {
        var text = new StringWriter();
        CsvReport.Write(text, UpdateTable.Of(Stopped));
        CsvReport.WriteRows(text, UpdateTable.Of(SampleUpdates.Of(SampleProfiles.Shop)));

        Assert.Equal(["20.5", ""], CsvReader.Read(text.ToString()).Select(row => row["live.atSeconds"]));
    }

    private static JsonElement Json(LiveUpdate update)
    {
        using var stream = new MemoryStream();
        JsonUpdate.Write(stream, update, top: 1);
        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }
}
