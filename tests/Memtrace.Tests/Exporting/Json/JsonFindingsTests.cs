using System.Text.Json;
using Memtrace.Exporting;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Tests.Exporting.Json;

public sealed class JsonFindingsTests
{
    private static JsonElement Findings(MemoryProfile profile)
    {
        using var stream = new MemoryStream();
        JsonReport.Write(stream, profile);
        using var document = JsonDocument.Parse(stream.ToArray());
        return document.RootElement.GetProperty("findings").Clone();
    }

    [Fact]
    public void A_report_has_each_finding_in_its_order()
    {
        var findings = Findings(SampleFindings.Shop);

        Assert.Equal(
            SampleFindings.Shop.Findings.Select(finding => (finding.Id, finding.Title, finding.Detail, finding.Advice)),
            findings.EnumerateArray().Select(item => (Text(item, "id"), Text(item, "title"), Text(item, "detail"), Text(item, "advice"))));
        Assert.Equal(["info", "critical", "warning", "warning", "warning", "info"], findings.EnumerateArray().Select(item => Text(item, "severity")));
    }

    [Fact]
    public void Figures_are_under_their_names_with_their_errors()
    {
        var evidence = Findings(SampleFindings.Shop)[1].GetProperty("evidence");

        Assert.Equal(
            """{"usedPercent":96,"growthBytesPerSecond":8388608,"growthBytesPerSecondError":262144,"secondsLeft":10.24,"oomKills":1}""",
            JsonSerializer.Serialize(evidence));
        Assert.Equal("""{"growthPerSecond":0.5,"growthPerSecondError":0.01,"threads":120}""", JsonSerializer.Serialize(Findings(SampleFindings.Shop)[4].GetProperty("evidence")));
    }

    [Fact]
    public void No_findings_are_an_empty_array() => Assert.Equal(0, Findings(SampleProfiles.Empty).GetArrayLength());

    [Fact]
    public void A_table_has_a_row_for_each_figure()
    {
        using var writer = new StringWriter();
        CsvReport.Write(writer, FindingTable.Of(SampleFindings.Shop.Findings));
        var rows = CsvReader.Records(writer.ToString()).ToList();

        Assert.Equal(["id", "severity", "title", "detail", "evidence", "value", "error", "advice"], rows[0]);
        Assert.Equal(SampleFindings.Shop.Findings.Sum(finding => finding.Evidence.Length), rows.Count - 1);
        Assert.Equal(("container-limit", "growthBytesPerSecond", "8388608", "262144"), (rows[4][0], rows[4][4], rows[4][5], rows[4][6]));
    }

    [Theory]
    [InlineData("rssGrowthBytesPerSecond", Unit.BytesPerSecond, "RSS growth")]
    [InlineData("gcHeapBytes", Unit.Bytes, "GC heap")]
    [InlineData("diedGen2Bytes", Unit.Bytes, "died gen2")]
    [InlineData("usedPercent", Unit.Percent, "used")]
    [InlineData("pauseMaxMs", Unit.Milliseconds, "pause max")]
    [InlineData("growthPerSecond", Unit.Amount, "growth per second")]
    [InlineData("seconds", Unit.Seconds, "seconds")]
    public void A_figure_has_a_label_without_its_unit(string name, Unit unit, string expected) => Assert.Equal(expected, FindingTable.Label(new Evidence(name, 1, unit)));

    private static string Text(JsonElement item, string key) => item.GetProperty(key).GetString()!;
}
