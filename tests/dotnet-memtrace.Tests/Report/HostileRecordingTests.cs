using System.Text.Json;

namespace Memtrace.Tool.Tests.Report;

/// <summary>Damaged recordings, whose files are in the corpus of Memtrace.Fuzz.</summary>
[Slow]
public sealed class HostileRecordingTests
{
    [Theory]
    [InlineData("bad-date", "the trace header's start time is not a valid date")]
    [InlineData("no-trace-block", "the stream has no trace header")]
    public async Task What_cannot_be_read_is_refused_with_the_reason(string name, string reason)
    {
        var result = await Tool.RunAsync("report", FileOf(name));
        Assert.Equal((ExitCode.TracingError, ""), (result.ExitCode, result.Output));
        Assert.Contains(reason, Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metadata-field-count-1500M")]
    [InlineData("metadata-field-count-max")]
    public async Task A_declaration_of_too_many_fields_is_left_out(string name)
    {
        using var report = await ReportAsync(name);
        Assert.Equal(0, report.RootElement.GetProperty("recording").GetProperty("lostEvents").GetInt64());
    }

    [Fact]
    public async Task The_recording_of_a_recorder_that_is_killed_at_once_is_incomplete()
    {
        using var report = await ReportAsync("killed-after-trace-block");
        Assert.False(report.RootElement.GetProperty("recording").GetProperty("complete").GetBoolean());
    }

    private static async Task<JsonDocument> ReportAsync(string name)
    {
        var result = await Tool.RunAsync("report", FileOf(name), "--format", "json");
        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        return JsonDocument.Parse(result.Output);
    }

    private static string FileOf(string name) => Path.Combine(AppContext.BaseDirectory, "Corpus", name + ".nettrace");
}
