namespace Memtrace.Tool.Tests.Findings;

/// <summary>
/// As <see cref="FindingsTests"/>. Most of the half minute that this takes the programs do little, so it runs beside all else.
/// </summary>
[Slow]
public sealed class FindingsOverTimeTests : IDisposable
{
    private const double MiB = 1 << 20;

    /// <summary>What an array of 1000 bytes takes, with its header and its place in a list that doubles.</summary>
    private const double ArrayShare = 1.05;

    private readonly SymptomRecorder _recorder = new();

    public void Dispose() => _recorder.Dispose();

    [Fact]
    public async Task Growth_and_no_growth()
    {
        // What no full collection looks at takes half a minute. Code needs three looks, which a busy machine takes seldom.
        const string HalfAMinute = "36s";
        var unlooked = _recorder.FindAsync(["unlooked"], HalfAMinute);
        var code = _recorder.FindAsync(["code"], HalfAMinute);
        var growing = GrowingHeapAndWarmCodeAsync();
        var still = StillAsync();

        var (findings, _, after) = await unlooked;
        Assert.InRange(
            findings.Have("no-full-collection", "info", "without a full collection in")["oldBytes"], 32 * MiB, (ArrayShare * after[0]) + (4 * MiB));
        findings.Lack(["heap-growth", "committed-free", "steady", .. SymptomRecorder.OfTheSystem]);

        var grown = (await code).Findings.Have("code-growth", "warning", "JIT code and loader heaps grow");
        Assert.InRange(grown["growthBytes"], 8 * MiB, grown["codeBytes"] + grown["loaderBytes"]);
        await growing;
        await still;
    }

    /// <summary>A heap that grows though all of it is collected, by objects that are finalized; and code that does not grow any more.</summary>
    private async Task GrowingHeapAndWarmCodeAsync()
    {
        var (findings, before, after) = await _recorder.FindAsync(["leak", "induced", "finalized"]);
        var heap = findings.Have("heap-growth", "warning", "The GC heap grows by")["heapBytes"];
        Assert.InRange(heap, before[0], (ArrayShare * after[0]) + (4 * MiB));
        findings.Lack(["managed-leak", "no-full-collection", "finalizer-backlog", "native-growth", .. SymptomRecorder.OfTheSystem]);

        (await _recorder.FindAsync(["warmcode"])).Findings.Lack("code-growth", "heap-growth");
        await CommittedFreeAsync();
    }

    /// <summary>What stands, or stands still.</summary>
    private async Task StillAsync()
    {
        var steady = await _recorder.FootprintAsync(["--managed", "300", "--threads", "40"], SymptomRecorder.LongEnough);
        Assert.InRange(steady.Have("steady", "info", "is resident and steady: nothing grows now.")["rssBytes"], 300 * MiB, 400 * MiB);
        steady.Lack(["time-in-gc", "committed-free", "thread-growth", "mapped-files", .. SymptomRecorder.OfTheSystem]);

        var mapped = (await _recorder.FootprintAsync(["--file", "200"])).Have("mapped-files", "info", "of the resident set is mapped files, 200.0 MiB.");
        Assert.Equal(200 * MiB, mapped["largestFileBytes"]);
        (await _recorder.FootprintAsync(["--malloc-large", "200", "--memfd", "50"])).Lack("mapped-files", "malloc-arenas", "steady");

        await TimeInGcAsync();
    }

    /// <summary>The same program with much room for new objects, and with little.</summary>
    private async Task CommittedFreeAsync()
    {
        var much = await _recorder.FindAsync(["released"], "3s", environment: ("DOTNET_GCgen0size", "0x10000000"));
        var little = await _recorder.FindAsync(["released"], "3s", environment: ("DOTNET_GCgen0size", "0x1000000"));

        var finding = much.Findings.Have("committed-free", "warning", "that its heap does not use");
        Assert.InRange(finding["freeBytes"], 64 * MiB, 256 * MiB);
        Assert.Equal(finding["committedBytes"], finding["usedBytes"] + finding["freeBytes"]);
        little.Findings.Lack("committed-free");
    }

    private async Task TimeInGcAsync()
    {
        var (findings, before, after) = await _recorder.FindAsync(["standstill"], "3s");

        var finding = findings.All.Single(finding => finding.Id == "time-in-gc");
        Assert.Equal(finding["pausePercent"] >= 50 ? "critical" : "warning", finding.Severity);
        Assert.InRange(finding["pausePercent"], 10, 100);
        Assert.InRange(finding["pauseTotalMs"], 1, after[0] - before[0] + 1);
    }
}
