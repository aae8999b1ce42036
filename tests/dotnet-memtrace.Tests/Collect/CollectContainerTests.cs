using System.Globalization;

namespace Memtrace.Tool.Tests.Collect;

/// <summary>Processes with namespaces and limits of their own, as in a container.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class CollectContainerTests : IDisposable
{
    /// <summary>So much that even on a busy machine the names of all methods have come before it is reached.</summary>
    private const long Limit = 224L << 20;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Requires(Requirement.Root)]
    public async Task A_process_in_its_own_namespace_is_recorded_by_its_id_outside()
    {
        // Inside it is the first process, and has a /tmp that nobody else sees.
        using var shell = await TargetProcess.StartAsync(
            ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", TargetProcess.PrivateTemp, "sh", .. TargetPrograms.Command("Leaky")]);
        var leaky = int.Parse(await File.ReadAllTextAsync($"/proc/{shell.Id}/task/{shell.Id}/children", Token), CultureInfo.InvariantCulture);

        var run = await Tool.RunAsync("collect", "-p", $"{leaky}", "-o", _folder.Recording, "--duration", "1s");

        run.HasExitCode(0);
        var profile = RecordingAssert.IsWhole(_folder.Recording, "duration");
        Assert.Equal(leaky, profile.Process.Id);
        Assert.Equal("Leaky", profile.Process.Name);
        Assert.InRange(profile.Memory.Rss!.PeakBytes, 10 << 20, profile.Memory.ProcessPeakRssBytes!.Value);
        Assert.Contains(profile.Allocations.Sites, site => site.Site?.Line is not null);
    }

    [Fact]
    public async Task A_process_that_the_OOM_killer_kills()
    {
        using var group = MemoryGroup.Create(Limit);

        // Leaks 50 MB/s. Left to itself, the runtime gives up before the kernel does.
        using var leaky = await TargetProcess.StartAsync(
            group.Around(TargetPrograms.Command("Leaky", "--rate", "10")),
            ("DOTNET_GCHeapHardLimit", "0x40000000"),
            TargetProcess.CompilesOnce);

        var run = await Tool.RunAsync("collect", "-p", $"{leaky.Id}", "-o", _folder.Recording, "--duration", "60s");

        run.HasExitCode(0);
        Assert.StartsWith("The process was killed by the OOM killer: ", run.Error, StringComparison.Ordinal);
        var profile = RecordingAssert.IsWhole(_folder.Recording, "outOfMemory");
        Assert.Equal("signal 9", profile.Recording.EndDetail);
        Assert.Equal(Limit, profile.Memory.Container!.LimitBytes);
        Assert.Equal(1, profile.Memory.Container.OomKills);

        // The kernel charges forced allocations above the limit, at most a batch of 64 pages for each processor.
        Assert.InRange(profile.Memory.Container.PeakBytes!.Value, Limit / 2, Limit + (Environment.ProcessorCount * 64L * Environment.SystemPageSize));

        // Not what was left of it when the process was gone.
        Assert.InRange(profile.Memory.Container.UsedBytes, profile.Memory.Rss!.CurrentBytes / 2, Limit);
        Assert.InRange(profile.Memory.Container.AnonymousBytes!.Value, profile.Memory.Rss.CurrentBytes / 2, Limit);
        Assert.Null(profile.Memory.Headroom);
        Assert.StartsWith("The OOM killer killed 1 process in the container", Assert.Single(profile.Findings, finding => finding.Id == "container-limit").Title, StringComparison.Ordinal);
        RecordingAssert.TraceLogResolvesAllStacks(_folder.Recording, unlisted: true);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
