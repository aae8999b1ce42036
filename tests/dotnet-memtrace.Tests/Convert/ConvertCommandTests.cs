using System.IO.Compression;
using System.Text.Json;
using Memtrace.Analysis;
using Memtrace.Exporting.Tables;

namespace Memtrace.Tool.Tests.Convert;

[Slow]
public sealed class ConvertCommandTests(LiveSelfRecording recording) : IClassFixture<LiveSelfRecording>
{
    [Fact]
    public async Task Pprof_and_speedscope_have_the_totals_of_the_report()
    {
        var report = await ReportAsync();
        await ConvertAsync("pprof", "self.pb.gz");
        using var file = File.OpenRead(PathOf("self.pb.gz"));
        var pprof = new PprofReader(file);
        Assert.Equal(report.Allocated, (pprof.Total("alloc_space"), pprof.Total("alloc_objects")));
        Assert.Equal(report.Live, (pprof.Total("inuse_space"), pprof.Total("inuse_objects")));
        Assert.Equal(report.Peak.Bytes, pprof.Total("peak_space"));
        Assert.Contains(pprof.Samples, sample => sample.Type == "System.Guid[]" && sample.Frames.Any(frame => frame.Name.EndsWith(".AllocateMortalArrays", StringComparison.Ordinal)));

        await ConvertAsync("speedscope", "self.speedscope.json");
        using var speedscope = JsonDocument.Parse(await ReadAsync("self.speedscope.json"));
        Assert.Equal(
            [report.Allocated.Bytes, report.Live.Bytes, report.Peak.Bytes],
            speedscope.RootElement.GetProperty("profiles").EnumerateArray().Select(profile => profile.GetProperty("weights").EnumerateArray().Sum(weight => weight.GetInt64())));
    }

    [Fact]
    [Requires(Requirement.Tmux)]
    public async Task Binary_output_is_not_written_to_a_terminal()
    {
        using var terminal = await Terminal.OpenAsync();

        await terminal.StartAsync($"convert {recording.File} -f pprof -o - 2> {PathOf("refused.txt")}");

        var shown = await terminal.EndsAsync("exit code 3.");
        Assert.DoesNotContain('\u001f', shown);
        Assert.StartsWith("error: pprof is binary and is not written to a terminal.", (await ReadAsync("refused.txt")).TrimStart(), StringComparison.Ordinal);
    }

    [Fact]
    [Requires(Requirement.Tmux)]
    public async Task Binary_output_is_written_into_a_pipe()
    {
        using var terminal = await Terminal.OpenAsync();
        await terminal.StartAsync($"convert {recording.File} -f pprof -o - | gzip -t");

        await terminal.EndsAsync("exit code 0.");
    }

    [Fact]
    public async Task Json_is_that_of_the_report()
    {
        var report = await Tool.RunAsync("report", recording.File, "--format", "json", "--filter", "AllocateMortalArrays");
        var converted = await Tool.RunAsync("convert", recording.File, "--format", "json", "--filter", "AllocateMortalArrays", "-o", "-");
        Assert.Equal((ExitCode.Ok, ""), (converted.ExitCode, converted.Error));
        Assert.Equal(report.Output, converted.Output);
    }

    [Fact]
    public async Task Html_has_the_totals_of_the_report()
    {
        var report = await ReportAsync();
        await ConvertAsync("html", "self.html");
        var page = PageData.Of(await ReadAsync("self.html"));

        // Each amount on the page is rounded to a tenth of a byte.
        Assert.Equal(report.Allocated.Bytes, page.Total("allocated"), tolerance: 1 + 0.05 * page.Flame("allocated").GetProperty("bytes").GetArrayLength());
        Assert.Equal(report.Live.Bytes, page.Total("live"), tolerance: 1 + 0.05 * page.Flame("live").GetProperty("bytes").GetArrayLength());
        Assert.Equal(report.Peak.Bytes, page.Total("peak"), tolerance: 1 + 0.05 * page.Flame("peak").GetProperty("bytes").GetArrayLength());
    }

    [Fact]
    public async Task Against_another_recording_html_has_the_changes()
    {
        var result = await Tool.RunAsync("convert", recording.File, "--against", recording.File, "--format", "html", "-o", "-");
        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));

        var page = PageData.Of(result.Output);
        Assert.Equal("comparison", page.Document.GetProperty("kind").GetString());
        Assert.All(page.Flame("allocated").GetProperty("significant").EnumerateArray(), significant => Assert.Equal(0, significant.GetInt32()));
        Assert.All(page.Column("types.live", "changeBytes"), change => Assert.Equal(0, change.GetDouble()));
    }

    [Fact]
    public async Task Only_html_can_be_against_another_recording()
    {
        var result = await Tool.RunAsync("convert", recording.File, "--against", recording.File, "--format", "pprof");
        Assert.Equal(ExitCode.ArgumentError, result.ExitCode);
        Assert.Contains("--against requires --format html.", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("allocated", "sites")]
    [InlineData("live", "live")]
    [InlineData("peak", "peak")]
    public async Task Csv_and_collapsed_have_the_requested_value(string value, string view)
    {
        var report = await Tool.RunAsync("report", recording.File, "--format", "csv", "--view", view, "--type", @"^System\.Guid\[\]$");
        var csv = await Tool.RunAsync("convert", recording.File, "-f", "csv", "--value", value, "--type", @"^System\.Guid\[\]$", "-o", "-");
        Assert.Equal((ExitCode.Ok, "", report.Output), (csv.ExitCode, csv.Error, csv.Output));
        Assert.All(CsvReader.Read(csv.Output), row => Assert.Equal("System.Guid[]", row["type"]));

        var collapsed = await Tool.RunAsync("convert", recording.File, "-f", "collapsed", "--value", value, "--type", @"^System\.Guid\[\]$", "-o", "-");
        Assert.Equal((ExitCode.Ok, ""), (collapsed.ExitCode, collapsed.Error));
        var arrays = value == "allocated" ? SelfRecording.Arrays : LiveSelfRecording.Kept;
        var bytes = collapsed.Output.TrimEnd().Split('\n').Sum(line => long.Parse(line[(line.LastIndexOf(' ') + 1)..]));
        Assert.True(bytes >= arrays * (double)SelfRecording.ArrayBytes * 0.99, collapsed.Output);
        Assert.All(collapsed.Output.TrimEnd().Split('\n'), line => Assert.Contains(";new System.Guid[] ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Chromium_has_counters_and_the_collections_of_the_window()
    {
        await ConvertAsync("chromium", "self.trace.json");
        using var document = JsonDocument.Parse(await ReadAsync("self.trace.json"));
        var phases = document.RootElement.GetProperty("traceEvents").EnumerateArray().CountBy(item => item.GetProperty("ph").GetString()!).ToDictionary();
        var profile = RecordingAnalysis.Analyze(recording.File, new AnalysisOptions(), TestContext.Current.CancellationToken);
        Assert.Equal(profile.Collections.Items.Length, phases["X"]);
        Assert.Equal(profile.Breakdown.Length + profile.Timeline.Sum(point => TimelineTable.Quantities.Count(quantity => quantity.Of(point) is not null)), phases["C"]);

        var outside = await Tool.RunAsync("convert", recording.File, "-f", "chromium", "--from", "1h", "--to", "2h", "-o", "-");
        Assert.Equal((ExitCode.TracingError, ""), (outside.ExitCode, outside.Output));
    }

    [Fact]
    public async Task A_part_that_holds_nothing_is_converted_with_a_warning()
    {
        var result = await Tool.RunAsync("convert", recording.File, "-f", "collapsed", "-o", "-", "--type", "NoSuchType");
        Assert.Equal((ExitCode.Ok, "", $"warning: {recording.File}: nothing matches the filter.\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task With_redact_no_names_of_the_program_remain()
    {
        string[] names = ["AllocateMortalArrays", nameof(LiveSelfRecording), "Memtrace", "memtrace-report", "self.nettrace"];
        foreach (var format in new[] { "pprof", "speedscope", "html" })
        {
            var file = PathOf($"redacted.{format}");
            var result = await Tool.RunAsync("convert", recording.File, "-f", format, "--redact", "-o", file);
            Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
            var text = await TextAsync(file);
            Assert.All(names, name => Assert.False(text.Contains(name, StringComparison.Ordinal), $"{format}: {name}"));
        }

        var report = await Tool.RunAsync("report", recording.File, "--redact", "--filter", "AllocateMortalArrays");
        Assert.All(names, name => Assert.DoesNotContain(name, report.Output, StringComparison.Ordinal));
        Assert.Contains("System.Guid[]", report.Output, StringComparison.Ordinal);
        var diff = await Tool.RunAsync("diff", recording.File, recording.File, "--redact", "--view", "tree", "--metric", "live", "--filter", "AllocateMortalArrays");
        Assert.Equal((ExitCode.Ok, ""), (diff.ExitCode, diff.Error));
        Assert.All(names, name => Assert.DoesNotContain(name, diff.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_existing_file_is_overwritten_only_with_force()
    {
        var file = PathOf("there.csv");
        await File.WriteAllTextAsync(file, "mine", TestContext.Current.CancellationToken);
        var refused = await Tool.RunAsync("convert", recording.File, "-f", "csv", "-o", file);
        Assert.Equal((ExitCode.TracingError, $"error: {file} exists; --force overwrites it.\n"), (refused.ExitCode, refused.Error));
        Assert.Equal("mine", await ReadAsync("there.csv"));

        var forced = await Tool.RunAsync("convert", recording.File, "-f", "csv", "-o", file, "--force");
        Assert.Equal((ExitCode.Ok, ""), (forced.ExitCode, forced.Error));
        Assert.StartsWith($"Wrote {file} (", forced.Output, StringComparison.Ordinal);
        Assert.StartsWith("bytes,", await ReadAsync("there.csv"), StringComparison.Ordinal);
    }

    [Fact]
    [Requires(Requirement.Linux)]
    public async Task A_device_is_written_to_and_not_replaced()
    {
        var result = await Tool.RunAsync("convert", recording.File, "-f", "csv", "-o", "/dev/full");
        Assert.Equal((ExitCode.TracingError, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("error: cannot write /dev/full: ", Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.True(File.Exists("/dev/full"));
    }

    [Fact]
    public async Task A_file_in_memory_is_not_a_device()
    {
        var file = $"/dev/shm/memtrace-{Guid.NewGuid():N}.csv";
        try
        {
            var written = await Tool.RunAsync("convert", recording.File, "-f", "csv", "-o", file);
            Assert.Equal((ExitCode.Ok, ""), (written.ExitCode, written.Error));
            var refused = await Tool.RunAsync("convert", recording.File, "-f", "csv", "-o", file);
            Assert.Equal(ExitCode.TracingError, refused.ExitCode);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_missing_folder_is_reported_in_one_line()
    {
        var result = await Tool.RunAsync("convert", recording.File, "-f", "csv", "-o", PathOf("no such folder/x.csv"));
        Assert.Equal((ExitCode.TracingError, ""), (result.ExitCode, result.Output));
        Assert.Contains("does not exist", Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_a_recording_is_reported_in_one_line_and_leaves_no_file()
    {
        var file = PathOf("no.nettrace");
        await File.WriteAllTextAsync(file, "this is no recording", TestContext.Current.CancellationToken);
        var result = await Tool.RunAsync("convert", file, "-f", "pprof");
        Assert.Equal((ExitCode.TracingError, ""), (result.ExitCode, result.Output));
        Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.False(File.Exists(PathOf("no.pb.gz")));
    }

    [Theory]
    [InlineData("Option '--format' is required.", "x")]
    [InlineData("--format 'xml' is not one of html, pprof, speedscope, collapsed, chromium, json, gcdump, csv", "x", "--format", "xml")]
    [InlineData("--value requires --format collapsed or csv.", "x", "--format", "pprof", "--value", "live")]
    [InlineData("--value 'rss' is not one of allocated, live, peak.", "x", "--format", "csv", "--value", "rss")]
    [InlineData("--from must be before --to.", "x", "--format", "csv", "--from", "1m", "--to", "30s")]
    [InlineData("--type '(' is not a regular expression", "x", "--format", "csv", "--type", "(")]
    [InlineData("is one of the input files.", "x", "--format", "csv", "-o", "./x")]
    [InlineData("is one of the input files.", "x", "--format", "html", "--heap", "y", "-o", "./y")]
    [InlineData("--output must not be empty.", "x", "--format", "csv", "-o", "")]
    [InlineData("Unrecognized option '--bogus'", "--format", "csv", "--bogus")]
    [InlineData("Required argument 'RECORDING' missing", "--format", "csv")]
    public Task An_invalid_command_line_is_reported_in_one_line(string message, params string[] arguments) => Tool.RejectsAsync(message, "convert", arguments);

    private async Task<ExportedReport> ReportAsync()
    {
        var report = await Tool.RunAsync("report", recording.File, "--format", "json");
        using var document = JsonDocument.Parse(report.Output);
        return new ExportedReport(document.RootElement.Clone());
    }

    /// <summary>Converts to a file of the default name, which is beside the recording.</summary>
    private async Task ConvertAsync(string format, string file)
    {
        var result = await Tool.RunAsync("convert", recording.File, "--format", format);
        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        Assert.StartsWith($"Wrote {PathOf(file)} (", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(recording.Folder), path => path.EndsWith(".tmp", StringComparison.Ordinal));
    }

    private string PathOf(string name) => Path.Combine(recording.Folder, name);

    private Task<string> ReadAsync(string name) => File.ReadAllTextAsync(PathOf(name), TestContext.Current.CancellationToken);

    private static async Task<string> TextAsync(string file)
    {
        await using var stream = File.OpenRead(file);
        await using Stream plain = file.EndsWith(".pprof", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        using var reader = new StreamReader(plain);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
