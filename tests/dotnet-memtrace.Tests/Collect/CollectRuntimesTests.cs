using System.Text.Json;
using Memtrace.Profiles;

namespace Memtrace.Tool.Tests.Collect;

/// <summary>Recordings of a program on each supported runtime.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class CollectRuntimesTests : IDisposable
{
    /// <summary>The first runtime with randomized samples. Older ones have ticks, which are exact in total and biased by type.</summary>
    private const int RandomizedSince = 10;

    private readonly ScratchFolder _folder = new();

    public static TheoryData<int> Runtimes => TargetRuntimes.All;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Runtimes))]
    public async Task Collect_and_report_agree_with_what_the_program_allocated(int major)
    {
        var command = await TargetRuntimes.CommandAsync(major, "Known", "--megabytes", "400");

        // The runtime does not name one of its own methods that a session's start runs through; TraceLog does not know it either.
        var (profile, truth) = await KnownRecordings.AttachAsync(_folder.Recording, command, namelessFrames: 1);

        Assert.Equal(major, Version.Parse(profile.Process.RuntimeVersion!).Major);
        Assert.Contains(profile.Allocations.Sites, site => site.Site is { Method: "Known.AllocationSites.ByteArrays", Line: not null });
        if (major >= RandomizedSince)
            AssertSamples(profile, truth);
        else
            await AssertTicksAsync(profile, truth);
    }

    [Theory]
    [MemberData(nameof(Runtimes))]
    public async Task Ps_lists_the_program_as_attachable(int major)
    {
        using var known = await TargetProcess.StartAsync(await TargetRuntimes.CommandAsync(major, "Known"));

        var run = await Tool.RunAsync("ps", "--format", "json");

        run.HasExitCode(ExitCode.Ok);
        using var document = JsonDocument.Parse(run.Output);
        var process = Assert.Single(document.RootElement.GetProperty("processes").EnumerateArray(), item => item.GetProperty("id").GetInt32() == known.Id);
        Assert.Equal("Known", process.GetProperty("name").GetString());
        Assert.True(process.GetProperty("attachable").GetBoolean());
    }

    private static void AssertSamples(MemoryProfile profile, GroundTruth truth)
    {
        Assert.Equal(AllocationSampling.Randomized, profile.Allocations.Sampling);
        var estimates = profile.Allocations.Types.ToDictionary(type => type.Type, type => type.Allocated.Bytes);
        SamplingAgreement.Holds([.. truth.Types.Select(type => (type.Type, type.Deviation(estimates[type.Type])))]);
    }

    private async Task AssertTicksAsync(MemoryProfile profile, GroundTruth truth)
    {
        Assert.Equal(AllocationSampling.Tick, profile.Allocations.Sampling);
        Assert.InRange(profile.Allocations.Total.Bytes, 0.97 * truth.ProcessBytes, 1.03 * truth.ProcessBytes);
        Assert.Contains("biased", (await Tool.RunAsync("report", _folder.Recording)).Output, StringComparison.Ordinal);
    }
}
