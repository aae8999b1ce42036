using Memtrace.TestSupport.HeapSnapshots;
using System.Diagnostics.Tracing;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.TestSupport;
using Memtrace.TestSupport.Processes;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Tests.HeapSnapshots.Sources;

/// <summary>Snapshots in recordings that other tools made.</summary>
[Slow]
public sealed class HeapFileSourceTests
{
    /// <summary>GC, types, heap dump, heap collect, type names: what dotnet-trace's profile gc-heap and dotnet-gcdump ask for.</summary>
    private const long HeapDumpKeywords = 0x1980001;

    [Fact]
    public async Task A_recording_with_a_heap_walk_is_a_snapshot()
    {
        using var folder = new ScratchFolder();
        using var program = await GraphProgram.StartAsync([]);
        var file = folder.File("heap.nettrace");
        await RecordAsync(program.Id, file);

        using var snapshot = HeapFileSource.Read(file, new HeapProgress(), TestContext.Current.CancellationToken);

        GraphAssert.IsTrue(program.Truth, snapshot.Graph);
        Assert.Equal(program.Id, snapshot.Facts.Process.Id);
    }

    [Fact]
    public void A_recording_without_one_says_so()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "Corpus", "format5.nettrace");

        var error = Assert.Throws<HeapSnapshotException>(() => HeapFileSource.Read(file, new HeapProgress(), TestContext.Current.CancellationToken));

        Assert.Contains("contains no heap snapshot", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "The file is empty.")]
    [InlineData("hello", "It is not a heap snapshot (.memsnap, .gcdump), a core dump or a recording (.nettrace).")]
    [InlineData("Nettrace", "The recording cannot be read: ")]
    [InlineData("MEMSNAP\0", "The snapshot is damaged: it is cut off.")]
    public void A_file_that_is_not_a_snapshot_is_refused_with_the_reason(string content, string message)
    {
        using var folder = new ScratchFolder();
        var file = folder.File("file");
        File.WriteAllText(file, content);

        var error = Assert.Throws<HeapSnapshotException>(() => HeapFileSource.Read(file, new HeapProgress(), TestContext.Current.CancellationToken));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_is_reported_as_one()
    {
        using var folder = new ScratchFolder();

        var error = Assert.Throws<IOException>(() => HeapFileSource.Read(folder.Path, new HeapProgress(), TestContext.Current.CancellationToken));

        Assert.Equal($"{folder.Path} is a folder.", error.Message);
    }

    private static async Task RecordAsync(int processId, string file)
    {
        var provider = new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Verbose, HeapDumpKeywords);
        using var session = await new DiagnosticsClient(processId).StartEventPipeSessionAsync(
            [provider], requestRundown: true, circularBufferMB: 256, TestContext.Current.CancellationToken);
        using var stream = File.Create(file);
        var copying = session.EventStream.CopyToAsync(stream, TestContext.Current.CancellationToken);
        await session.StopAsync(TestContext.Current.CancellationToken);
        await copying;
    }
}
