namespace Memtrace.Tool.Tests.Collect;

/// <summary><c>collect --live</c>: survival is recorded, as long as it does not stop the target for too long.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class CollectLiveTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Survival_is_recorded()
    {
        using var leaky = await TargetProcess.LeakyAsync("--rate", "3");

        var run = await CollectAsync(leaky, "--duration", "2s", "--max-pause", "1m");

        run.HasExitCode(0);
        Assert.StartsWith("--live: each background collection now pauses the process for a heap walk", run.Error, StringComparison.Ordinal);
        var profile = RecordingAssert.IsWhole(_folder.Recording, "duration");
        Assert.True(profile.Recording.SurvivalTracking);
        Assert.Null(profile.Recording.SurvivalStopped);
    }

    [Fact]
    public async Task After_a_pause_that_was_too_long_the_recording_continues_without_survival()
    {
        using var leaky = await TargetProcess.LeakyAsync("--rate", "3");

        using var tool = Tool.Start("collect", "-p", $"{leaky.Id}", "-o", _folder.Recording, "--live", "--max-pause", "1ms");
        await tool.RecordsAsync(_folder.Recording, recorded => recorded.Recording.SurvivalStopped is not null && recorded.Collections.Items.Length > 2);
        var run = await tool.EndAsync("INT");

        run.HasExitCode(0);
        Assert.Matches(@"Survival was recorded only in part: a heap walk paused the process for \d+ ms, longer than the 1 ms allowed\.", run.Error);
        var profile = RecordingAssert.IsWhole(_folder.Recording, "stopped");
        Assert.True(profile.Recording.SurvivalTracking);
        Assert.Matches("a heap walk paused the process", profile.Recording.SurvivalStopped);

        // Nothing is missing and nothing is there twice: collections are numbered. A background one can be under way at the end; it is the last of its kind.
        var numbers = profile.Collections.Items.Select(item => item.Number).Order().ToList();
        var missing = Enumerable.Range(numbers[0], numbers[^1] - numbers[0] + 1).Except(numbers).ToList();
        Assert.Equal(numbers.Distinct(), numbers);
        Assert.InRange(missing.Count, 0, 1);
        Assert.DoesNotContain(profile.Collections.Items, item => item.Background && missing.Exists(number => number < item.Number));
        RecordingAssert.TraceLogResolvesAllStacks(_folder.Recording);
    }

    private Task<CommandResult> CollectAsync(TargetProcess target, params string[] options) =>
        Tool.RunAsync(["collect", "-p", $"{target.Id}", "-o", _folder.Recording, "--live", .. options]);
}
