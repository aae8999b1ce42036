namespace Memtrace.Tool.Tests.Collect;

/// <summary><c>collect -p</c> and <c>-n</c>: what is recorded of a process that ran before, and continues to run afterwards.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class CollectAttachTests(LeakyProgram leaky) : IClassFixture<LeakyProgram>, IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_process_is_recorded_for_a_time()
    {
        var run = await CollectAsync("--duration", "1s");

        run.HasExitCode(0);
        Assert.StartsWith($"Process    Leaky ({leaky.Id})", run.Output, StringComparison.Ordinal);
        var profile = RecordingAssert.IsWhole(_folder.Recording, "duration");
        Assert.StartsWith($"Recorded for {Duration.Format(profile.Recording.DurationSeconds)}: {_folder.Recording} (", run.Error, StringComparison.Ordinal);
        Assert.Equal(leaky.Id, profile.Process.Id);
        Assert.Equal($"dotnet {TargetPrograms.Path("Leaky")}", profile.Process.CommandLine);
        Assert.StartsWith("10.0.", profile.Process.RuntimeVersion, StringComparison.Ordinal);
        Assert.Equal(Environment.ProcessorCount, profile.Process.ProcessorCount);
        Assert.InRange(profile.Memory.Rss!.PeakBytes, 10 << 20, profile.Memory.ProcessPeakRssBytes!.Value);
        Assert.InRange(profile.Memory.Machine!.AvailableBytes!.Value, 1, profile.Memory.Machine.TotalBytes);
        Assert.NotEmpty(profile.Collections.Items);
        Assert.Contains(profile.Allocations.Sites, site => site.Site is { Method: "Leaky.ReportBuilder.Describe", File: not null, Line: > 0 });
        RecordingAssert.TraceLogResolvesAllStacks(_folder.Recording);
    }

    [Theory]
    [InlineData("none", "None")]
    [InlineData("tick", "Tick")]
    public async Task The_kind_of_sampling_can_be_chosen(string choice, string sampling)
    {
        (await CollectAsync("--duration", "1s", "--quiet", "--sampling", choice)).HasExitCode(0);

        var profile = RecordingAssert.IsWhole(_folder.Recording, "duration");
        Assert.Equal(sampling, profile.Allocations.Sampling.ToString());
        Assert.Equal(choice != "none", profile.Recording.AllocationSamples > 0);
        Assert.NotEmpty(profile.Collections.Items);
    }

    [Fact]
    public async Task Without_stacks_there_are_types_and_no_sites()
    {
        (await CollectAsync("--duration", "1s", "--quiet", "--no-stacks")).HasExitCode(0);

        var profile = RecordingAssert.IsWhole(_folder.Recording, "duration");
        Assert.NotEmpty(profile.Allocations.Types);
        Assert.All(profile.Allocations.Sites, site => Assert.Null(site.Site));
        Assert.Equal(0, profile.Recording.Frames);
    }

    [Fact]
    public async Task The_interval_is_the_time_between_two_readings_of_the_memory()
    {
        (await CollectAsync("--duration", "1s", "--quiet", "--interval", "10s")).HasExitCode(0);
        var seldom = RecordingAssert.IsWhole(_folder.Recording, "duration");

        // One at the beginning, and one after the last memory map snapshot.
        Assert.Equal(2, seldom.Readings.Length);
        Assert.Equal((seldom.Memory.Rss!.StartBytes, seldom.Memory.Rss.CurrentBytes), (seldom.Readings[0].RssBytes, seldom.Readings[1].RssBytes));
    }

    [Fact]
    public async Task A_name_that_one_process_has()
    {
        var name = $"Idle{Environment.ProcessId}";
        using var idle = await TargetProcess.StartAsync([TargetPrograms.CopyAs("Idle", name, _folder), "sleep", "600"]);

        var run = await Tool.RunAsync("collect", "-n", name, "-o", _folder.Recording, "--duration", "1s", "--quiet");

        run.HasExitCode(0);
        Assert.Equal(idle.Id, RecordingAssert.IsWhole(_folder.Recording, "duration").Process.Id);
    }

    [Fact]
    public async Task A_name_that_two_processes_have()
    {
        var name = $"Idle{Environment.ProcessId}";
        string[] command = [TargetPrograms.CopyAs("Idle", name, _folder), "sleep", "600"];
        using var first = await TargetProcess.StartAsync(command);
        using var second = await TargetProcess.StartAsync(command);

        var run = await Tool.RunAsync("collect", "-n", name);

        run.HasExitCode(ExitCode.ArgumentError);
        var (lower, higher) = (Math.Min(first.Id, second.Id), Math.Max(first.Id, second.Id));
        Assert.Equal($"error: 2 .NET processes are named {name}: {lower}, {higher}. Choose one with --process-id.\n", run.Error);
    }

    [Fact]
    public async Task A_name_that_no_process_has()
    {
        var run = await Tool.RunAsync("collect", "-n", "no-such-name");

        run.HasExitCode(ExitCode.SessionCreationError);
        Assert.StartsWith("error: No .NET process is named no-such-name. Running: ", run.Error, StringComparison.Ordinal);
        Assert.Contains($"Leaky ({leaky.Id})", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_name_the_file_is_called_after_the_process_and_the_time()
    {
        var run = await Tool.RunUnderAsync(
            ["sh", "-c", $"cd {_folder.Path} && exec \"$@\"", "sh"], "collect", "-p", $"{leaky.Id}", "--duration", "0.2", "--quiet");

        run.HasExitCode(0);
        var file = Assert.Single(Directory.GetFiles(_folder.Path));
        Assert.Matches(@"^Leaky_\d{8}_\d{6}\.nettrace$", Path.GetFileName(file));
        RecordingAssert.IsWhole(file, "duration");
    }

    private Task<CommandResult> CollectAsync(params string[] options) => Tool.RunAsync(["collect", "-p", $"{leaky.Id}", "-o", _folder.Recording, .. options]);
}
