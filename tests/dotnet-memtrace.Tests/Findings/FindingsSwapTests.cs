using System.Text.Json;

namespace Memtrace.Tool.Tests.Findings;

/// <summary>A program of which a known part is swapped out, and one that holds as much and keeps it.</summary>
[Collection(BreakdownTestGroup.Name)]
[Slow]
public sealed class FindingsSwapTests : IDisposable
{
    private const long MiB = 1 << 20;
    private const long Part = 64 * MiB;

    private readonly SymptomRecorder _recorder = new();

    public void Dispose() => _recorder.Dispose();

    [Fact]
    public async Task What_is_swapped_out_is_found()
    {
        using var swap = await SwapFile.CreateAsync(Path.Combine(_recorder.Folder, "swap"), Part + (Part / 2));
        using var target = await TargetProcess.StartAsync(TargetPrograms.Command("Footprint", "--paged-out", $"{Part / MiB}"));
        var truth = ProcessStatus.Bytes(target.Id, "VmSwap");
        if (truth < Part / 2)
            RequirementCheck.IsNotMet(Requirement.Swap, "The kernel does not page out on request.");

        var kept = _recorder.FootprintAsync(["--mmap", $"{Part / MiB}"]);
        var findings = await _recorder.FindAsync(target, "1s");
        using var where = JsonDocument.Parse((await Tool.RunAsync("where", "-p", $"{target.Id}", "--no-attach", "--format", "json")).Output);

        // The program wakes up to be recorded, and reads a page back here and there.
        var finding = findings.Have("swap", "info", "of the process is swapped out");
        Assert.InRange(finding["swapBytes"], truth - MiB, truth);
        Assert.Equal(ProcessStatus.Bytes(target.Id, "VmSwap"), where.RootElement.GetProperty("breakdown").GetProperty("swapBytes").GetInt64());
        (await kept).Lack("swap");
    }
}
