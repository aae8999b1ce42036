using System.Net.Sockets;
using Memtrace.Profiles;

namespace Memtrace.Tool.Tests.Collect;

/// <summary>How the target's end, the user and death itself end a recording of a process that was attached to.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class CollectEndTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_target_exits()
    {
        using var leaky = await TargetProcess.LeakyAsync("--exit-code", "9");
        var run = await CollectUntilAsync(leaky, () => leaky.Signal("TERM"));

        run.HasExitCode(0);
        Assert.StartsWith("The process exited with code 9: ", run.Error, StringComparison.Ordinal);
        Assert.Equal("exit code 9", RecordingAssert.IsWhole(_folder.Recording, "targetExited").Recording.EndDetail);
        RecordingAssert.TraceLogResolvesAllStacks(_folder.Recording);
    }

    [Fact]
    public async Task The_target_gets_SIGTERM_and_does_not_handle_it()
    {
        using var known = await TargetProcess.StartAsync(TargetPrograms.Command("Known", "--seconds", "60", "--rate", "50"), TargetProcess.CompilesOnce);
        await known.WriteLineAsync("go");

        var run = await CollectUntilAsync(known, () => known.Signal("TERM"));

        run.HasExitCode(0);
        Assert.StartsWith("The process was killed by SIGTERM: ", run.Error, StringComparison.Ordinal);
        Assert.Equal("signal 15", RecordingAssert.IsWhole(_folder.Recording, "targetKilled").Recording.EndDetail);
        RecordingAssert.TraceLogResolvesAllStacks(_folder.Recording, unlisted: true);
    }

    [Fact]
    public async Task The_target_is_killed()
    {
        using var leaky = await TargetProcess.WarmLeakyAsync();
        var run = await CollectUntilAsync(leaky, () => leaky.Signal("KILL"));

        run.HasExitCode(0);
        Assert.StartsWith("The process was killed by SIGKILL: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("Ended      the process was killed", run.Output, StringComparison.Ordinal);
        Assert.Equal("signal 9", RecordingAssert.IsWhole(_folder.Recording, "targetKilled").Recording.EndDetail);
        RecordingAssert.TraceLogResolvesAllStacks(_folder.Recording, unlisted: true);
    }

    [Fact]
    public async Task The_last_sample_comes_after_the_last_memory_map_snapshot()
    {
        using var leaky = await TargetProcess.WarmLeakyAsync();

        (await Tool.RunAsync("collect", "-p", $"{leaky.Id}", "-o", _folder.Recording, "--duration", "1s", "-q")).HasExitCode(0);

        var profile = RecordingAssert.IsWhole(_folder.Recording, "duration");
        Assert.Equal(BreakdownReason.End, profile.Breakdown[^1].Reason);
        Assert.InRange(profile.Readings[^1].Seconds, profile.Breakdown[^1].AtSeconds, double.MaxValue);
    }

    [Theory]
    [InlineData("--gc-at-start")]
    [InlineData("--gc-at-end")]
    public async Task A_forced_collection_that_does_not_happen_does_not_delay_the_stop(string option)
    {
        using var leaky = await TargetProcess.WarmLeakyAsync();
        using var tool = Tool.Start("collect", "-p", $"{leaky.Id}", "-o", _folder.Recording, option);
        await tool.RecordsSamplesAsync(_folder.Recording);
        await leaky.StopAsync();

        // A stop takes 5 s, and the wait for a collection that does not start 1 s; the time-outs of one that is waited for would be 10 s and 15 s.
        var run = await tool.EndAsync("INT");
        leaky.Signal("CONT");

        run.HasExitCode(0);
        Assert.InRange(RecordingAssert.IsReadable(_folder.Recording).Recording.DurationSeconds, 0, 30);
    }

    [Fact]
    public async Task Another_tool_at_the_same_process_is_reported()
    {
        using var leaky = await TargetProcess.WarmLeakyAsync();
        using var first = Tool.Start("collect", "-p", $"{leaky.Id}", "-o", _folder.File("first.nettrace"));
        await first.RecordsSamplesAsync(_folder.File("first.nettrace"));

        var second = await Tool.RunAsync("collect", "-p", $"{leaky.Id}", "-o", _folder.Recording, "--duration", "0.5");
        var alone = await first.EndAsync("INT");

        second.HasExitCode(0);
        Assert.StartsWith("Another diagnostic tool is connected to this process.", second.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Another diagnostic tool", alone.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_recorder_is_killed_at_any_moment()
    {
        using var leaky = await TargetProcess.WarmLeakyAsync();
        var random = new Random(2026);
        for (var i = 0; i < 4; i++)
        {
            var file = _folder.File($"killed{i}.nettrace");
            using var tool = Tool.Start("collect", "-p", $"{leaky.Id}", "-o", file);
            await tool.RecordsSamplesAsync(file);
            await Task.Delay(random.Next(1000), TestContext.Current.CancellationToken);

            (await tool.EndAsync("KILL")).HasExitCode(137);

            var recording = RecordingAssert.IsReadable(file).Recording;
            Assert.False(recording.Complete);
            Assert.Null(recording.EndReason);
            Assert.NotEqual(0, recording.AllocationSamples);
            Assert.Equal(0, recording.UnresolvedFrames);
        }
    }

    [Fact]
    public async Task The_recorder_is_killed_as_soon_as_there_is_a_file()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        for (var i = 0; i < 3; i++)
        {
            var file = _folder.File($"young{i}.nettrace");
            using var tool = Tool.Start("collect", "-p", $"{leaky.Id}", "-o", file);
            await tool.RecordsAsync(file, size: 2300);

            (await tool.EndAsync("KILL")).HasExitCode(137);

            Assert.False(RecordingAssert.IsReadable(file).Recording.Complete);
        }
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task A_signal_stops_the_recording(string signal)
    {
        using var leaky = await TargetProcess.LeakyAsync();
        using var tool = Start(leaky);
        await tool.RecordsAsync(_folder.Recording);

        var run = await tool.EndAsync(signal);

        run.HasExitCode(0);
        Assert.StartsWith($"Stopped: {_folder.Recording} (", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("Process    Leaky (", run.Output, StringComparison.Ordinal);
        RecordingAssert.IsWhole(_folder.Recording, "stopped");
    }

    [Fact]
    public async Task A_second_interrupt_leaves_at_once_and_the_file_can_be_read()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        using var tool = Start(leaky);
        await tool.RecordsSamplesAsync(_folder.Recording);
        await leaky.StopAsync();

        var run = await tool.InterruptUntilEndAsync();

        run.HasExitCode(130);
        Assert.Empty(run.Output);
        Assert.NotEqual(0, RecordingAssert.IsReadable(_folder.Recording).Recording.AllocationSamples);
    }

    [Fact]
    public async Task A_stopped_target_does_not_delay_the_end_and_leaves_an_incomplete_recording()
    {
        using var leaky = await TargetProcess.WarmLeakyAsync();
        using var tool = Start(leaky);
        await tool.RecordsSamplesAsync(_folder.Recording);
        await leaky.StopAsync();

        var run = await tool.EndAsync("TERM");

        run.HasExitCode(0);
        Assert.Contains("The process did not answer the request to stop; its last events are missing", run.Error, StringComparison.Ordinal);
        var recording = RecordingAssert.IsReadable(_folder.Recording).Recording;
        Assert.Equal((EndReason.Stopped, false), (recording.EndReason, recording.Complete));
        Assert.NotEqual(0, recording.AllocationSamples);
        RecordingAssert.TraceLogResolvesAllStacks(_folder.Recording, unlisted: true);
    }

    [Fact]
    public async Task A_stop_before_the_target_answers()
    {
        using var silent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        silent.Bind(new UnixDomainSocketEndPoint(_folder.File("silent")));
        silent.Listen();
        using var tool = Tool.Start("collect", "--diagnostic-port", $"{_folder.File("silent")},connect", "-o", _folder.Recording);
        using var asked = await silent.AcceptAsync(TestContext.Current.CancellationToken);

        var run = await tool.EndAsync("INT");

        run.HasExitCode(ExitCode.Cancelled);
        Assert.Equal("error: Cancelled before the recording started.\n", run.Error);
        Assert.False(File.Exists(_folder.Recording));
    }

    private RunningTool Start(TargetProcess target) => Tool.Start("collect", "-p", $"{target.Id}", "-o", _folder.Recording);

    private async Task<CommandResult> CollectUntilAsync(TargetProcess target, Action end)
    {
        using var tool = Start(target);
        await tool.RecordsSamplesAsync(_folder.Recording);
        end();
        return await tool.EndAsync();
    }
}
