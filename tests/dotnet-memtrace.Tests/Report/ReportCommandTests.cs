using System.Globalization;
using System.Text.Json;

namespace Memtrace.Tool.Tests.Report;

[Collection(nameof(SelfRecording))]
[Slow]
public sealed class ReportCommandTests(SelfRecording recording)
{
    private const double KnownBytes = (double)SelfRecording.ArrayBytes * SelfRecording.Arrays;

    [Fact]
    public async Task The_summary_is_plain_text_when_redirected()
    {
        var result = await Tool.RunAsync(["report", recording.File], new Dictionary<string, string> { ["CI"] = "true", ["GITHUB_ACTIONS"] = "true", ["TERM"] = "xterm-256color" });
        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        Assert.DoesNotContain('\u001b', result.Output);
        Assert.All(new[] { "Memory", "Timeline", "Collections", "Allocations by type", "Allocations by call site", "Decimal[]", "AllocateKnownArrays" }, part =>
            Assert.Contains(part, result.Output, StringComparison.Ordinal));
        Assert.All(result.Output.Split('\n'), line => Assert.True(line.Length <= 120, line));
    }

    [Theory]
    [InlineData("types", "type", "System.Decimal[]")]
    [InlineData("sites", "method", "Memtrace.Tool.Tests.Recordings.SelfRecording.AllocateKnownArrays")]
    [InlineData("tree", "method", "Memtrace.Tool.Tests.Recordings.SelfRecording.AllocateKnownArrays")]
    [InlineData("collections", "reason", "Induced")]
    [InlineData("timeline", "rssBytes", "")]
    public async Task Every_view_has_text_and_a_table(string view, string column, string known)
    {
        var text = await Tool.RunAsync("report", recording.File, "--view", view, "--width", "80");
        Assert.Equal((ExitCode.Ok, ""), (text.ExitCode, text.Error));
        Assert.All(text.Output.Split('\n'), line => Assert.True(line.Length <= 80, line));

        var csv = await Tool.RunAsync("report", recording.File, "--view", view, "--format", "csv");
        Assert.Equal((ExitCode.Ok, ""), (csv.ExitCode, csv.Error));
        Assert.Contains(known, CsvReader.Read(csv.Output).Select(row => row[column]));
    }

    [Theory]
    [InlineData("--view", "live")]
    [InlineData("--view", "peak", "--format", "csv")]
    [InlineData("--view", "growth")]
    [InlineData("--view", "lifetimes")]
    [InlineData("--view", "tree", "--value", "live")]
    public async Task Views_of_live_objects_require_survival(params string[] view)
    {
        var result = await Tool.RunAsync(["report", recording.File, .. view]);
        Assert.Equal((ExitCode.TracingError, ""), (result.ExitCode, result.Output));
        Assert.Contains("record with 'dotnet-memtrace collect --live'", Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recording_without_survival_says_what_it_would_add()
    {
        var text = await Tool.RunAsync("report", recording.File);
        Assert.Contains("'collect --live' adds the live heap", text.Output, StringComparison.Ordinal);
        var json = await Tool.RunAsync("report", recording.File, "--format", "json");
        using var document = JsonDocument.Parse(json.Output);
        Assert.Equal((ExitCode.Ok, JsonValueKind.Null), (json.ExitCode, document.RootElement.GetProperty("live").ValueKind));
    }

    [Fact]
    public async Task Json_has_the_known_arrays_within_their_error()
    {
        var result = await Tool.RunAsync("report", recording.File, "--format", "json");
        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        using var document = JsonDocument.Parse(result.Output);
        var type = document.RootElement.GetProperty("allocations").GetProperty("types").EnumerateArray()
            .Single(item => item.GetProperty("type").GetString() == "System.Decimal[]");
        Assert.InRange(type.GetProperty("bytes").GetDouble(), KnownBytes - type.GetProperty("errorBytes").GetDouble() - 1, double.MaxValue);
        Assert.Equal(KnownBytes, type.GetProperty("bytes").GetDouble(), KnownBytes / 100);
    }

    [Fact]
    public async Task Several_files_are_one_json_document_and_one_csv_table()
    {
        var json = await Tool.RunAsync("report", recording.File, recording.File, "--format", "json", "--top", "1");
        using var document = JsonDocument.Parse(json.Output);
        Assert.Equal(2, document.RootElement.GetArrayLength());
        Assert.All(document.RootElement.EnumerateArray(), report => Assert.Equal(1, report.GetProperty("allocations").GetProperty("types").GetArrayLength()));

        var csv = await Tool.RunAsync("report", recording.File, recording.File, "--format", "csv", "--view", "types", "--top", "1");
        Assert.Equal([recording.File, recording.File], CsvReader.Read(csv.Output).Select(row => row["recording"]));
    }

    [Fact]
    public async Task A_filter_keeps_what_matches()
    {
        var result = await Tool.RunAsync("report", recording.File, "--format", "csv", "--view", "types", "--filter", @"^System\.Decimal\[");
        Assert.Equal("System.Decimal[]", Assert.Single(CsvReader.Read(result.Output))["type"]);

        var text = await Tool.RunAsync("report", recording.File, "--filter", "no such name");
        Assert.Contains("Filter no such name: 0% of all", text.Output, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Ok, $"warning: {recording.File}: nothing matches the filter.\n"), (text.ExitCode, text.Error));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task A_time_window_outside_of_the_recording_is_an_error(string format)
    {
        var result = await Tool.RunAsync("report", recording.File, "--from", "10h", "--format", format);

        Assert.Equal((ExitCode.TracingError, ""), (result.ExitCode, result.Output));
        Assert.Equal($"error: {recording.File}: the recording ends before 10h 00m, where the time window begins.\n", result.Error);
    }

    [Fact]
    public async Task The_report_goes_to_the_file_that_is_named()
    {
        var path = Path.Combine(recording.Folder, "out.txt");
        var result = await Tool.RunAsync("report", recording.File, "-o", path);
        Assert.Equal((ExitCode.Ok, "", ""), (result.ExitCode, result.Output, result.Error));
        Assert.Contains("Allocations by type", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dash_is_standard_output()
    {
        string[] report = ["report", recording.File, "--format", "csv", "--view", "types"];
        var result = await Tool.RunAsync([.. report, "-o", "-"]);
        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        Assert.Equal((await Tool.RunAsync(report)).Output, result.Output);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("csv")]
    [InlineData("json")]
    public async Task An_existing_file_is_overwritten_only_with_force(string format)
    {
        var path = Path.Combine(recording.Folder, $"there.{format}");
        await File.WriteAllTextAsync(path, "mine", TestContext.Current.CancellationToken);

        var refused = await Tool.RunAsync("report", recording.File, "--format", format, "-o", path);
        Assert.Equal((ExitCode.TracingError, "", $"error: {path} exists; --force overwrites it.\n"), (refused.ExitCode, refused.Output, refused.Error));
        Assert.Equal("mine", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));

        var forced = await Tool.RunAsync("report", recording.File, "--format", format, "-o", path, "--force");
        Assert.Equal((ExitCode.Ok, "", ""), (forced.ExitCode, forced.Output, forced.Error));
        var console = await Tool.RunAsync("report", recording.File, "--format", format);
        Assert.Equal(console.Output, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_filter_with_catastrophic_backtracking_is_matched_at_once()
    {
        var result = await Tool.RunAsync("report", recording.File, "--view", "sites", "--filter", "^(([a-zA-Z.<>]+)+)+!$");
        Assert.Equal((ExitCode.Ok, $"warning: {recording.File}: nothing matches the filter.\n"), (result.ExitCode, result.Error));
    }

    [Theory]
    [InlineData("PAGER='sed s/Allocations/Paged/'", "", "Paged by call site")]
    [InlineData("PAGER='sed s/Allocations/Paged/'", "--no-pager", "Allocations by call site")]
    [InlineData("PAGER='sed s/Allocations/Paged/'", "--view types --top 1", "Allocations by type")]
    [InlineData("PAGER=/no/such/pager", "", "Allocations by call site")]
    [InlineData("PAGER=", "", "Allocations by call site")]
    [InlineData("PAGER=true", "", "exit code 0.")]
    [Requires(Requirement.Tmux)]
    public async Task On_a_terminal_a_long_report_goes_through_the_pager(string environment, string options, string expected)
    {
        using var terminal = await Terminal.OpenAsync();
        await terminal.StartAsync($"report {recording.File} {options}", environment);

        await terminal.EndsAsync(expected, "exit code 0.");
    }

    [Fact]
    public async Task Into_a_pipe_nothing_goes_through_the_pager()
    {
        var result = await Tool.RunUnderAsync(["env", "PAGER=false"], "report", recording.File);
        Assert.Equal(ExitCode.Ok, result.ExitCode);
        Assert.Contains("Allocations by call site", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_does_not_hide_the_others()
    {
        var noRecording = Path.Combine(recording.Folder, "no.nettrace");
        await File.WriteAllTextAsync(noRecording, "this is no recording", TestContext.Current.CancellationToken);
        var result = await Tool.RunAsync("report", noRecording, recording.File, Path.Combine(recording.Folder, "missing.nettrace"));
        Assert.Equal(ExitCode.TracingError, result.ExitCode);
        Assert.Equal(2, result.Error.TrimEnd().Split('\n').Length);
        Assert.Contains("Allocations by type", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--top '-3' is not a whole number from 1.", "x", "--top", "-3")]
    [InlineData("--top '0' is not a whole number from 1.", "x", "--top", "0")]
    [InlineData("--filter '(' is not a regular expression", "x", "--filter", "(")]
    [InlineData("--from must be before --to.", "x", "--from", "1m", "--to", "30s")]
    [InlineData("--to 'soon' is not a time such as", "x", "--to", "soon")]
    [InlineData("--format 'xml' is not one of text, json, csv.", "x", "--format", "xml")]
    [InlineData("--view '1' is not one of summary,", "x", "--view", "1")]
    [InlineData("--view cannot be combined with --format json", "x", "--format", "json", "--view", "types")]
    [InlineData("--min-percent '101' is not a percentage", "x", "--min-percent", "101")]
    [InlineData("--width '20' is not a whole number from 40 to 10000.", "x", "--width", "20")]
    [InlineData("Unrecognized option '--bogus'", "x", "--bogus")]
    [InlineData("is one of the input files.", "x", "-o", "./x")]
    [InlineData("is one of the input files.", "x", "--heap", "y", "-o", "./y")]
    [InlineData("Required argument 'FILE' missing")]
    public Task An_invalid_command_line_is_reported_in_one_line(string message, params string[] arguments) => Tool.RejectsAsync(message, "report", arguments);

    [Fact]
    public async Task An_output_that_cannot_be_written_is_reported_in_one_line()
    {
        var path = Path.Combine(recording.Folder, "no such folder", "out.txt");
        var result = await Tool.RunAsync("report", recording.File, "-o", path);
        Assert.Equal(ExitCode.TracingError, result.ExitCode);
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"error: cannot write {path}: "), Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }
}
