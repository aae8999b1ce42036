using Memtrace.Analysis;
using Memtrace.Monitoring;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Recording;
using Memtrace.Recording.Buffering;

namespace Memtrace.Tool.Tests.Monitor;

/// <summary>What a live view shows at the end is what a report of the same stream shows, and its last minutes are a recording like any other.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class MonitorSaveTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_last_screen_matches_the_report_of_what_is_saved()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        var (profile, kept) = await WatchAsync(leaky, BufferLimit.Default, live: true);

        var saved = RecordingAssert.IsWhole(_folder.Recording, "stopped");
        Assert.Equal(profile.Recording.AllocationSamples, saved.Recording.AllocationSamples);
        Assert.Equal(profile.Allocations.Total, saved.Allocations.Total);
        Assert.Equal(profile.Allocations.Types, saved.Allocations.Types);
        Assert.Equal(
            profile.Allocations.Sites.Select(site => (site.Type, site.Site, site.Allocated)), saved.Allocations.Sites.Select(site => (site.Type, site.Site, site.Allocated)));
        Assert.Equal(profile.Collections.Items, saved.Collections.Items);
        Assert.Equal(profile.Memory.Rss, saved.Memory.Rss);
        Assert.Equal(profile.Memory.GcHeap, saved.Memory.GcHeap);
        Assert.Equal(profile.Live!.End.Live, saved.Live!.End.Live);
        Assert.Equal(profile.Live.Growth.Select(site => site.BytesPerSecond), saved.Live.Growth.Select(site => site.BytesPerSecond));
        Assert.Equal(profile.Process.Name, saved.Process.Name);
        Assert.InRange(kept.Length.TotalSeconds, 1.5, 30);
        RecordingAssert.TraceLogResolvesAllStacks(_folder.Recording);
    }

    [Fact]
    public async Task Of_a_longer_view_the_last_seconds_are_saved_with_all_names()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        var (profile, kept) = await WatchAsync(leaky, new BufferLimit(TimeSpan.FromSeconds(0.5), 100_000_000), live: false);

        var saved = RecordingAssert.IsWhole(_folder.Recording, "stopped");
        Assert.Equal(profile.Process.Name, saved.Process.Name);
        Assert.Equal(kept.Length.TotalSeconds, saved.Recording.DurationSeconds, 1.0);
        Assert.InRange(saved.Recording.DurationSeconds, 0.05, profile.Recording.DurationSeconds - 0.5);

        // Samples are never cut in two: those since the last block that is gone are saved, and all of them.
        var share = (double)saved.Recording.AllocationSamples / profile.Recording.AllocationSamples;
        Assert.InRange(share, 0.01, 0.99);
        var collections = saved.Collections.Items.Select(item => item.Number).ToList();
        Assert.Equal(profile.Collections.Items.Select(item => item.Number).TakeLast(collections.Count), collections);
        RecordingAssert.TraceLogResolvesAllStacks(_folder.Recording);
    }

    [Fact]
    public async Task What_led_to_a_kill_can_be_saved_after_it()
    {
        using var leaky = await TargetProcess.WarmLeakyAsync();
        await using var target = await leaky.AttachAsync();
        using var recording = new LiveRecording(target, new RecordingOptions("") { Breakdown = false }, BufferLimit.Default);
        var running = recording.RunAsync();
        await ShowsAsync(recording, profile => profile.Recording is { AllocationSamples: > 500, UnresolvedFrames: 0 });

        leaky.Signal("KILL");

        Assert.Equal(EndReason.TargetKilled, (await running).End.Reason);
        await recording.SaveAsync(_folder.Recording);
        var saved = RecordingAssert.IsWhole(_folder.Recording, "targetKilled");
        Assert.Equal((await recording.ProfileAsync())!.Allocations.Total, saved.Allocations.Total);
        RecordingAssert.TraceLogResolvesAllStacks(_folder.Recording, unlisted: true);
    }

    [Fact]
    public async Task What_is_saved_does_not_claim_to_begin_with_the_process()
    {
        await using var target = await Target.LaunchAsync(
            TargetPrograms.Command("Leaky", "--seconds", "2"), CommandStreams.Hidden, TestContext.Current.CancellationToken);
        using var recording = new LiveRecording(target, new RecordingOptions("") { Breakdown = false }, new BufferLimit(TimeSpan.FromSeconds(0.5), 100_000_000));

        await recording.RunAsync();
        await recording.SaveAsync(_folder.Recording);

        Assert.False(RecordingAssert.IsReadable(_folder.Recording).Recording.IsFromProcessStart);
    }

    [Fact]
    public async Task A_memory_map_snapshot_is_taken_on_request()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        await using var target = await leaky.AttachAsync();
        using var recording = new LiveRecording(target, new RecordingOptions("") { Breakdown = false }, BufferLimit.Default);
        var running = recording.RunAsync();
        await ShowsAsync(recording, profile => profile.Memory.Rss is not null);
        Assert.Empty((await recording.ProfileAsync())!.Breakdown);

        await recording.TakeMapSnapshotAsync();
        recording.Stop();
        await running;

        var look = Assert.Single((await recording.ProfileAsync())!.Breakdown);
        Assert.Equal(look.RssBytes, look.Categories.Sum(category => category.Bytes));
    }

    private static async Task ShowsAsync(LiveRecording recording, Func<MemoryProfile, bool> isReached)
    {
        while (await recording.ProfileAsync() is not { } profile || !isReached(profile))
            await Task.Delay(50, TestContext.Current.CancellationToken);
    }

    private async Task<(MemoryProfile Profile, BufferedSpan Kept)> WatchAsync(TargetProcess process, BufferLimit limit, bool live)
    {
        await using var target = await process.AttachAsync();
        using var recording = new LiveRecording(target, new RecordingOptions("") { Live = live, MaxPause = TimeSpan.FromMinutes(1), Breakdown = false }, limit);
        var running = recording.RunAsync();
        await ShowsAsync(recording, profile => profile.Recording is { DurationSeconds: > 2, AllocationSamples: > 100 } && profile.Collections.Items.Length > 0);
        recording.Stop();
        Assert.Equal(EndReason.Stopped, (await running).End.Reason);
        await recording.SaveAsync(_folder.Recording);
        return ((await recording.ProfileAsync())!, recording.Kept);
    }
}
