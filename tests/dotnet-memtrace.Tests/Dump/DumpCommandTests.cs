using System.Diagnostics;

namespace Memtrace.Tool.Tests.Dump;

[Collection(nameof(SelfRecording))]
[Slow]
public sealed class DumpCommandTests(SelfRecording recording)
{
    [Fact]
    public async Task A_real_recording_has_its_header_its_events_and_its_end()
    {
        var result = await Tool.RunAsync("dump", recording.File);
        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        Assert.DoesNotContain(result.Output, character => character != '\n' && char.IsControl(character));
        Assert.Matches(@"^@\d+ Trace, \d+ bytes\n  format \d, 64-bit pointers\n", result.Output);
        Assert.Contains($"\n  process {Environment.ProcessId}, processors ", result.Output, StringComparison.Ordinal);
        Assert.Matches(@" Microsoft-Windows-DotNETRuntime/GCStart\(1\) seq \d+( stack \d+)? Count=\d+ Depth=", result.Output);
        Assert.Matches(@"TypeName=""System\.Decimal\[\]""", result.Output);
        Assert.Matches(@"\n@\d+ end: \d+ blocks, \d+ events, 0 lost\n$", result.Output);
    }

    [Fact]
    public async Task Filters_leave_what_matches()
    {
        var result = await Tool.RunAsync("dump", recording.File, "--provider", "Microsoft-Windows-DotNETRuntime", "--event", "GCEnd");
        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        var events = result.Output.Split('\n').Where(line => line.Contains(" s thread ", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(events);
        Assert.All(events, line => Assert.Contains("/GCEnd(2) ", line, StringComparison.Ordinal));

        var none = await Tool.RunAsync("dump", recording.File, "--from", "1d", "--blocks");
        Assert.Equal((ExitCode.Ok, 1), (none.ExitCode, none.Output.TrimEnd().Split('\n').Length));
    }

    [Theory]
    [InlineData("no-trace-block", "@32 damaged: the stream has no trace header")]
    [InlineData("bad-date", "@32 damaged: the trace header's start time is not a valid date")]
    public async Task Damage_is_shown_where_it_is_with_what_follows(string name, string line)
    {
        var result = await Tool.RunAsync("dump", Path.Combine(AppContext.BaseDirectory, "Corpus", name + ".nettrace"));
        Assert.Equal((ExitCode.TracingError, ""), (result.ExitCode, result.Error));
        Assert.Contains(line + "\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("Dotnet-Memtrace/Process(1)", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_and_one_that_is_not_a_recording_are_reported_in_one_line()
    {
        var text = Path.Combine(recording.Folder, "text.nettrace");
        await File.WriteAllTextAsync(text, "just some text, long enough for a header", TestContext.Current.CancellationToken);
        foreach (var (file, reason) in new[] { (text, "not a .nettrace"), (text + ".none", "does not exist."), (recording.Folder, "is a folder.") })
        {
            var result = await Tool.RunAsync("dump", file);
            Assert.Equal((ExitCode.TracingError, ""), (result.ExitCode, result.Output));
            Assert.Contains(reason, Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--from", "2s", "--to", "1s")]
    [InlineData("--from", "nonsense")]
    public async Task Impossible_times_are_refused(params string[] options)
    {
        var result = await Tool.RunAsync(["dump", recording.File, .. options], new Dictionary<string, string>());
        Assert.Equal((ExitCode.ArgumentError, ""), (result.ExitCode, result.Output));
    }

    [Fact]
    [Requires(Requirement.Linux)]
    public async Task A_closed_pipe_ends_it_quietly()
    {
        var command = string.Join(' ', Tool.Command.Append("dump").Append(recording.File).Select(word => $"'{word}'"));
        var run = await ChildProcess.RunAsync(["bash", "-c", $"{command} | head -n 1; echo \"${{PIPESTATUS[0]}}\""]);
        Assert.Equal("", run.Error);
        Assert.Equal("0", run.Output.TrimEnd().Split('\n')[^1]);
    }
}
