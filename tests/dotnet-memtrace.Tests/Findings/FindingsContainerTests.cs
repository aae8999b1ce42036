namespace Memtrace.Tool.Tests.Findings;

/// <summary>Programs in a container of a known limit: such as are near it, and such as only look so.</summary>
[Collection(BreakdownTestGroup.Name)]
[Slow]
public sealed class FindingsContainerTests : IDisposable
{
    private const long MiB = 1 << 20;

    /// <summary>What the programs hold: 81% of the limit.</summary>
    private const long Held = 260 * MiB;
    private const long Limit = 320 * MiB;

    /// <summary>What the runtime, its session and the kernel may take beside it, up to 95% of the limit; some 15 MiB were measured.</summary>
    private const long Besides = 44 * MiB;

    private readonly SymptomRecorder _recorder = new();

    public void Dispose() => _recorder.Dispose();

    [Fact]
    public async Task Memory_that_the_kernel_cannot_reclaim_counts()
    {
        var growing = GrowAsync();
        var contentsOfFiles = HoldAsync("--file");
        var ofItsOwn = await HoldAsync("--malloc-large", ("DOTNET_GCHeapHardLimit", "0x40000000"));
        var shared = await HoldAsync("--memfd");

        foreach (var findings in new[] { ofItsOwn, shared })
        {
            var finding = findings.Have("container-limit", "warning", "of its 320.0 MiB.");
            Assert.Equal(Limit, finding["limitBytes"]);
            Assert.InRange(finding["usedBytes"], Held, Held + Besides);
            Assert.Equal(100 * finding["usedBytes"] / Limit, finding["usedPercent"], 1e-3);
        }

        // Only one of them has been told more than there is.
        var limit = ofItsOwn.Have("gc-limit", "warning", "The GC heap limit of 1.0 GiB exceeds the container's limit of 320.0 MiB.");
        Assert.Equal((Limit, 1 << 30), (limit["containerLimitBytes"], limit["heapHardLimitBytes"]));
        shared.Lack("gc-limit", "mapped-files");

        (await contentsOfFiles).Have("mapped-files", "info", "of the resident set is mapped files, 260.0 MiB.");
        (await contentsOfFiles).Lack("container-limit", "gc-limit");
        await growing;
    }

    private async Task GrowAsync()
    {
        const long Room = 512 * MiB;
        using var group = MemoryGroup.Create(Room);
        using var target = await TargetProcess.StartAsync(group.Around(TargetPrograms.Command("Symptoms", "native")));

        var findings = await _recorder.FindAsync(target, SymptomRecorder.LongEnough);

        var finding = findings.Have("container-limit", "critical", "of its 512.0 MiB.");
        Assert.Equal((Room - finding["usedBytes"]) / finding["growthBytesPerSecond"], finding["secondsLeft"], 1e-3);
        Assert.InRange(finding["usedPercent"], 1, 80);
        findings.Lack("gc-limit", "malloc-arenas");
    }

    private async Task<ReportedFindings> HoldAsync(string kind, params (string Name, string Value)[] environment)
    {
        using var group = MemoryGroup.Create(Limit);
        using var target = await TargetProcess.StartAsync(group.Around(TargetPrograms.Command("Footprint", kind, $"{Held / MiB}")), environment);
        return await _recorder.FindAsync(target, "1s");
    }
}
