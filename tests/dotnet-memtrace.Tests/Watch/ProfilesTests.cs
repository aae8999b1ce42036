using System.Net;
using System.Text.Json;
using Memtrace.TestSupport.Servers;

namespace Memtrace.Tool.Tests.Watch;

/// <summary>What <c>watch</c> sends to an engine for profiles, and when it records allocations.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class ProfilesTests : IDisposable
{
    private readonly CaptureFolder _folder = new();

    private string Saved => _folder.Path;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Windows_add_up_to_the_report_even_if_the_engine_is_away_for_a_while()
    {
        using var engine = new HttpReceiver(HttpStatusCode.ServiceUnavailable);
        using var leaky = await TargetProcess.StartAsync(
            TargetPrograms.Command("Leaky"), TargetProcess.CompilesOnce, ("OTEL_RESOURCE_ATTRIBUTES", "service.name=orders,k8s.pod.name=orders-7f9c"));
        using var watch = Watch(leaky, "--profiles", engine.Address.AbsoluteUri, "--profile-window", "2s", "--live", "--label", "env=test", "--when", "exit", "--do", "recording");
        await CaptureFolder.WaitAsync(() => engine.Requests.Count >= 2);

        engine.Status = HttpStatusCode.OK;
        await CaptureFolder.WaitAsync(() => engine.Accepted.Count >= 4);
        leaky.Signal("KILL");
        (await watch.EndAsync()).HasExitCode(0);

        var profiles = engine.Accepted.Select(request => new IngestedProfile(request)).ToList();
        Assert.All(profiles, profile => Assert.Equal(("orders", "orders-7f9c", "test"), (profile.Service, profile.Labels["k8s_pod_name"], profile.Labels["env"])));
        Assert.Contains(profiles, profile => profile.Profile.SampleTypes.Contains("inuse_space/bytes") && profile.Profile.Total("inuse_space") > 0);
        Assert.Contains(profiles[^1].Profile.Samples, sample => sample.Frames[0].Name == "new Leaky.Order" && sample.Frames.Length > 2);
        Assert.Equal((await AllocatedAsync("*.nettrace"))!.Value, profiles.Sum(profile => (double)profile.Profile.Total("alloc_space")), tolerance: 100);
    }

    [Fact]
    public async Task Allocations_are_recorded_only_near_a_trigger_and_the_minutes_before_are_kept()
    {
        using var leaky = await TargetProcess.WarmLeakyAsync();
        using var watch = Watch(leaky, "--arm-at", "rss > 1MB", "--when", "exit", "--do", "recording");
        await watch.SaysAsync("recording allocations: rss is");
        await leaky.WorksAsync(TimeSpan.FromSeconds(1));

        leaky.Signal("KILL");
        var run = await watch.EndAsync();

        run.HasExitCode(0);
        Assert.Contains("recording allocations: rss is", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(Saved, "*.nettrace").Length);
        Assert.Null(await AllocatedAsync($"*_{leaky.Id}.nettrace"));
        Assert.InRange((await AllocatedAsync("*_allocations.nettrace"))!.Value, 1e6, 1e12);
        RecordingAssert.IsWhole(Directory.GetFiles(Saved, "*_allocations.nettrace").Single(), "targetKilled");
    }

    [Fact]
    public async Task Far_from_a_trigger_they_are_not()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        using var watch = Watch(leaky, "--arm-at", "rss > 1TB", "--when", "exit", "--do", "recording");
        await watch.SaysAsync("): watching");
        await leaky.WorksAsync(TimeSpan.FromSeconds(1));

        leaky.Signal("KILL");
        var run = await watch.EndAsync();

        Assert.DoesNotContain("recording allocations", run.Error, StringComparison.Ordinal);
        Assert.Null(await AllocatedAsync("*.nettrace"));
    }

    [Theory]
    [InlineData("--profiles", "pyroscope:4040")]
    [InlineData("--profiles", "ftp://x")]
    [InlineData("--profile-window", "10s")]
    [InlineData("--label", "a=b")]
    [InlineData("--profiles", "http://x", "--label", "a")]
    [InlineData("--profiles", "http://x", "--label", "a b=c")]
    [InlineData("--profiles", "http://x", "--sampling", "none")]
    [InlineData("--live", "--sampling", "none")]
    [InlineData("--arm-at", "oom-kill")]
    [InlineData("--arm-at", "nonsense")]
    [InlineData("--arm-at", "rss > 1GB", "--once")]
    public async Task Wrong_arguments_are_refused(params string[] arguments)
    {
        var run = await Tool.RunAsync(["watch", "-p", "1", .. arguments]);

        run.HasExitCode(3);
        Assert.Single(run.Error.TrimEnd().Split('\n'), line => line.StartsWith("error: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("allocation > 1GB/s")]
    [InlineData("finding managed-leak", "--live")]
    [InlineData("finding mid-life-crisis critical", "--live")]
    [InlineData("finding loh-churn", "--sampling", "randomized")]
    public async Task A_condition_on_allocations_is_refused_as_the_start_of_recording_them(string condition, params string[] arguments)
    {
        var run = await Tool.RunAsync(["watch", "-p", "1", "--arm-at", condition, .. arguments]);

        run.HasExitCode(3);
        Assert.Equal($"error: --arm-at '{condition}' can never be met: allocations are recorded only once it is.", run.Error.TrimEnd());
    }

    [Theory]
    [InlineData("allocation > 1GB/s", "allocation events: add --sampling auto")]
    [InlineData("finding loh-churn", "allocation events: add --sampling auto")]
    [InlineData("finding managed-leak", "survival data: add --live")]
    public async Task A_condition_without_its_data_is_refused(string condition, string advice)
    {
        var run = await Tool.RunAsync("watch", "-p", "1", "--when", condition);

        run.HasExitCode(3);
        Assert.Equal($"error: '{condition}' requires {advice}.", run.Error.TrimEnd());
    }

    private RunningTool Watch(TargetProcess program, params string[] arguments) => Tool.Start(["watch", "-p", $"{program.Id}", "--directory", Saved, .. arguments]);

    private async Task<double?> AllocatedAsync(string pattern)
    {
        var report = await Tool.RunAsync("report", Assert.Single(Directory.GetFiles(Saved, pattern)), "--format", "json");
        using var json = JsonDocument.Parse(report.Output);
        return json.RootElement.GetProperty("allocations").TryGetProperty("bytes", out var bytes) && bytes.ValueKind == JsonValueKind.Number ? bytes.GetDouble() : null;
    }
}
