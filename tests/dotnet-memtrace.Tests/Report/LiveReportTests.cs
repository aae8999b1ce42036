using System.Text.Json;

namespace Memtrace.Tool.Tests.Report;

[Slow]
public sealed class LiveReportTests(LiveSelfRecording recording) : IClassFixture<LiveSelfRecording>
{
    [Theory]
    [InlineData("live", "System.Guid[]")]
    [InlineData("peak", "System.Guid[]")]
    [InlineData("growth", "bytesPerSecond")]
    [InlineData("lifetimes", "System.Guid[]")]
    [InlineData("tree", "AllocateMortalArrays", "--value", "live")]
    [InlineData("tree", "AllocateMortalArrays", "--value", "peak", "--invert", "--all-frames", "--min-percent", "0.1")]
    public async Task Every_view_of_live_objects_has_text_and_a_table(string view, string known, params string[] options)
    {
        var text = await Tool.RunAsync(["report", recording.File, "--view", view, .. options, "--width", "80"]);
        Assert.Equal((ExitCode.Ok, ""), (text.ExitCode, text.Error));
        Assert.All(text.Output.Split('\n'), line => Assert.True(line.Length <= 80, line));

        var csv = await Tool.RunAsync(["report", recording.File, "--view", view, .. options, "--format", "csv"]);
        Assert.Equal((ExitCode.Ok, ""), (csv.ExitCode, csv.Error));
        Assert.Contains(CsvReader.Records(csv.Output).SelectMany(record => record), value => value.EndsWith(known, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Arrays_that_are_kept_are_live_and_others_are_not()
    {
        var result = await Tool.RunAsync("report", recording.File, "--format", "json", "--filter", "AllocateMortalArrays");
        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        using var document = JsonDocument.Parse(result.Output);
        var site = document.RootElement.GetProperty("live").GetProperty("end").GetProperty("sites").EnumerateArray().Single();
        Assert.Equal("System.Guid[]", site.GetProperty("type").GetString());
        Assert.Equal(LiveSelfRecording.Kept, site.GetProperty("samples").GetInt32());
        Assert.Equal(LiveSelfRecording.Kept, Math.Round(site.GetProperty("bytes").GetDouble() / SelfRecording.ArrayBytes));
        Assert.Equal("System.Guid[]", document.RootElement.GetProperty("lifetimes").EnumerateArray().Single().GetProperty("type").GetString());
    }

    [Fact]
    public async Task The_summary_has_live_objects_before_allocations()
    {
        var result = await Tool.RunAsync("report", recording.File);
        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        var titles = new[] { "Memory", "Growth", "Live heap", "Live at the end by call site", "Timeline", "Allocations by type" };
        var places = titles.Select(title => result.Output.IndexOf("\n" + title, StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.DoesNotContain("'collect --live' adds", result.Output, StringComparison.Ordinal);
    }
}
