namespace Memtrace.Tool.Tests.Findings;

/// <summary>
/// Programs with known symptoms: the findings name them, with figures that agree with the programs' own. Programs that do something similar, or nothing: the
/// findings do not name it. More of them: <see cref="FindingsOverTimeTests"/>, <see cref="FindingsContainerTests"/>, <see cref="FindingsSwapTests"/>.
/// </summary>
[Collection(BreakdownTestGroup.Name)]
[Slow]
public sealed class FindingsTests : IDisposable
{
    private const double MiB = 1 << 20;
    private const double RuntimeMalloc = 8 * MiB;

    /// <summary>
    /// As many arenas as there are threads, on however few processors. And what is large is always mapped (M_MMAP_THRESHOLD of mallopt(3), at its default):
    /// left to itself the limit rises with what is freed, and the runtime's buffers of events would stay in the arenas.
    /// </summary>
    private static readonly (string Name, string Value)[] ManyArenas = [("MALLOC_ARENA_MAX", "64"), ("MALLOC_MMAP_THRESHOLD_", "131072")];

    private readonly SymptomRecorder _recorder = new();

    public void Dispose() => _recorder.Dispose();

    [Fact]
    public async Task Leaks_threads_and_native_memory()
    {
        var recordingManaged = _recorder.FindAsync(["leak", "induced", "threads"], live: true);
        var recordingNative = _recorder.FindAsync(["native", "arenas", "holes"], environment: ManyArenas);

        var (managed, before, after) = await recordingManaged;
        managed.Have("managed-leak", "warning", "Symptoms.Leak.Step (ManagedSymptoms.cs:");
        managed.Have("induced-collections", null, "Symptoms.Induced.Step (ManagedSymptoms.cs:");
        var threads = managed.Have("thread-growth", "warning", "The number of threads grows")["threads"];
        Assert.InRange(threads, before[2], after[2] + 20);
        managed.Lack(["heap-growth", "native-growth", "malloc-arenas", "mid-life-crisis", "finalizer-backlog", "steady", .. SymptomRecorder.OfTheSystem]);

        (var native, before, after) = await recordingNative;
        Assert.Equal("where", native.All[0].Id);
        native.Have("where", "info", "resident is malloc (");

        // What leaks is in an arena as well, that of its thread. A block of 1000 bytes takes 1008, and the runtime's own malloc was measured as 3.5 to 7.7 MB.
        Assert.InRange(native.Have("malloc-arenas", "warning", "malloc arenas hold")["arenaBytes"], 24 * 6e6, (((24 * 6e6) + after[0]) * 1.02) + RuntimeMalloc);
        var grown = native.Have("native-growth", "warning", "most of it is malloc")["mallocHeapGrowthBytes"];
        Assert.InRange(grown, 16 * MiB, (1.02 * (after[0] - before[0])) + RuntimeMalloc);
        native.Have("loh-fragmentation", "warning", "of the large object heap is gaps");
        native.Lack(["managed-leak", "heap-growth", "thread-growth", "code-growth", "mapped-files", "steady", .. SymptomRecorder.OfTheSystem]);
    }

    [Fact]
    public async Task A_heap_that_reaches_its_hard_limit()
    {
        using var leaky = await TargetProcess.StartAsync(TargetPrograms.Command("Leaky", "--rate", "4"), ("DOTNET_GCHeapHardLimit", "0x4000000"));

        var limit = (await _recorder.FindAsync(leaky, "2m")).Have("gc-limit", "critical", "The process ended when the GC heap had reached its limit of 64.0 MiB.");

        Assert.InRange(limit["committedBytes"], 0.9 * 64 * MiB, 64 * MiB);
    }

    [Fact]
    public async Task Objects_that_die_at_a_bad_time_and_no_problem_at_all()
    {
        var old = _recorder.FindAsync(["midlife", "pinned"], live: true);
        var recordingLarge = _recorder.FindAsync(["lohchurn", "finalizers"]);
        var idle = IdleAsync();

        var findings = (await old).Findings;
        findings.Have("mid-life-crisis", "warning", "Symptoms.MidLife.Step (ManagedSymptoms.cs:");
        findings.Have("pinned-fragmentation", "warning", "Pinned objects keep");
        findings.Lack(["managed-leak", "loh-churn", "loh-fragmentation", "induced-collections", "code-growth", "steady", .. SymptomRecorder.OfTheSystem]);

        var (large, _, after) = await recordingLarge;
        large.Have("loh-churn", "warning", "System.Byte[] at Symptoms.LargeChurn.Step (ManagedSymptoms.cs:");
        Assert.InRange(large.Have("finalizer-backlog", "warning", "The finalizer thread falls behind")["pendingObjects"], 1000, after[1]);

        // What waits for the finalizer thread is kept: that the heap grows by it would be true.
        large.Lack(["loh-fragmentation", "pinned-fragmentation", "thread-growth", .. SymptomRecorder.OfTheSystem]);

        Assert.Empty((await idle).All);
    }

    private async Task<ReportedFindings> IdleAsync()
    {
        using var target = await TargetProcess.IdleAsync();
        return await _recorder.FindAsync(target, SymptomRecorder.LongEnough);
    }
}
