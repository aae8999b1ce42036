using Memtrace.Profiles;

namespace Memtrace.Tool.Tests.Collect;

/// <summary>A self-contained program of .NET 8, which has no randomized samples.</summary>
[Collection(CollectTestGroup.Name)]
public sealed class CollectNet8Tests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ticks_tell_the_total_and_are_called_biased()
    {
        var executable = await Net8Program.PublishAsync("Known");
        Assert.SkipWhen(executable is null, "The .NET 8 program cannot be published here: its packages do not restore.");

        // This runtime does not name one of its own methods that a session's start runs through; TraceLog does not know it either.
        var (profile, truth) = await KnownRecordings.AttachAsync(_folder.Recording, [executable, "--megabytes", "400"], namelessFrames: 1);

        Assert.StartsWith("8.0.", profile.Process.RuntimeVersion, StringComparison.Ordinal);
        Assert.Equal(AllocationSampling.Tick, profile.Allocations.Sampling);
        Assert.InRange(profile.Allocations.Total.Bytes, 0.97 * truth.ProcessBytes, 1.03 * truth.ProcessBytes);
        Assert.Contains(profile.Allocations.Sites, site => site.Site is { Method: "Known.AllocationSites.ByteArrays", Line: not null });
        Assert.Contains("biased", (await Tool.RunAsync("report", _folder.Recording)).Output, StringComparison.Ordinal);
    }
}
