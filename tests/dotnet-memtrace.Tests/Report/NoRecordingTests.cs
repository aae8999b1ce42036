using Memtrace.TestSupport;
using Memtrace.TestSupport.HeapSnapshots;

namespace Memtrace.Tool.Tests.Report;

/// <summary>Files that <c>report</c> cannot read, but another verb can.</summary>
[Slow]
public sealed class NoRecordingTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_a_heap_snapshot_it_names_the_verb_that_reads_it()
    {
        var file = SampleHeaps.SaveShop(_folder.File("shop.memsnap"), orders: 10);

        var run = await Tool.RunAsync("report", file);

        run.HasExitCode(ExitCode.TracingError);
        Assert.Equal($"error: {file} is a heap snapshot, not a recording. Read it with 'dotnet-memtrace heap {file}'.\n", run.Error);
    }
}
