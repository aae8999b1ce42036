using Memtrace.Profiles;

namespace Memtrace.Tool.Tests;

/// <summary>Programs with known symptoms: the findings name them. A program that does nothing: they name nothing.</summary>
[Collection(CollectTestGroup.Name)]
public sealed class FindingsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Leaks_threads_and_native_memory()
    {
        var managed = FindAsync("managed", ["--live"], "leak", "induced", "threads");
        var native = FindAsync("native", [], "native", "arenas", "holes");

        Named(await managed, "managed-leak", "Symptoms.Leak.Step (ManagedSymptoms.cs:");
        Named(await managed, "induced-collections", "Symptoms.Induced.Step (ManagedSymptoms.cs:");
        Named(await managed, "thread-growth", "The number of threads grows");
        Assert.Equal("where", (await native)[0].Id);
        Named(await native, "where", "resident is malloc (");
        Named(await native, "malloc-arenas", "malloc arenas hold");
        Named(await native, "native-growth", "most of it malloc");
        Named(await native, "loh-fragmentation", "of the large object heap is gaps");
    }

    [Fact]
    public async Task Objects_that_die_at_a_bad_time_and_nothing_at_all()
    {
        var old = FindAsync("old", ["--live"], "midlife", "pinned");
        var large = FindAsync("large", [], "lohchurn", "finalizers");
        var idle = IdleAsync();

        Named(await old, "mid-life-crisis", "Symptoms.MidLife.Step (ManagedSymptoms.cs:");
        Named(await old, "pinned-fragmentation", "Pinned objects keep");
        Named(await large, "loh-churn", "System.Byte[] at Symptoms.LargeChurn.Step (ManagedSymptoms.cs:");
        Named(await large, "finalizer-backlog", "The finalizer thread does not keep up");
        Assert.DoesNotContain(await idle, finding => finding.Id != "where");
    }

    private static void Named(IReadOnlyList<Finding> findings, string id, string title)
    {
        var finding = findings.SingleOrDefault(item => item.Id == id);
        Assert.True(finding is not null, $"There is no {id}, but {string.Join(", ", findings.Select(item => item.Id))}.");
        Assert.Contains(title, finding.Title, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<Finding>> FindAsync(string name, string[] options, params string[] symptoms)
    {
        // As many arenas as there are threads, on however few processors.
        using var target = await TargetProcess.StartAsync(TargetPrograms.Command("Symptoms", symptoms), ("MALLOC_ARENA_MAX", "64"));
        return await RecordAsync(target, name, options);
    }

    private async Task<IReadOnlyList<Finding>> IdleAsync()
    {
        using var target = await TargetProcess.IdleAsync();
        return await RecordAsync(target, "idle", []);
    }

    /// <summary>Two seconds longer than what it takes to speak of growth.</summary>
    private async Task<IReadOnlyList<Finding>> RecordAsync(TargetProcess target, string name, string[] options)
    {
        var file = _folder.File($"{name}.nettrace");
        var run = await Tool.RunAsync(["collect", "-p", $"{target.Id}", "-o", file, "--duration", "12s", .. options]);
        run.HasExitCode(0);
        Assert.Contains("Findings", run.Output, StringComparison.Ordinal);
        return RecordingAssert.IsReadable(file).Findings;
    }
}
