using System.Runtime.Versioning;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.HeapSnapshots.Sources.Dumps;
using Memtrace.TestSupport.HeapSnapshots;
using Memtrace.Tool.Commands.Heap;

namespace Memtrace.Tool.Tests.Heap;

/// <summary>What becomes of a child that crashes, with a script in its place.</summary>
[Slow]
[UnsupportedOSPlatform("windows")]
public sealed class ReadingChildTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private string Calls => _folder.File("calls");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void After_a_crash_it_reads_once_more_and_cautiously()
    {
        using var snapshot = Read($"case \"$*\" in *--cautious*) cat '{Snapshot()}';; *) kill -SEGV $$;; esac");

        Assert.Equal(2, snapshot.Graph.ObjectCount);
        Assert.Equal(["read-dump app.core", "read-dump app.core --cautious"], File.ReadAllLines(Calls));
    }

    [Theory]
    [InlineData("kill -SEGV $$", 2, "ended with 139: what it read is damaged")]
    [InlineData("kill -KILL $$", 1, "ended with 137: what it read is damaged")]
    [InlineData("echo 'The dump is cut off.' >&2; exit 2", 1, "The dump is cut off.")]
    public void What_cannot_be_read_is_an_error(string script, int attempts, string message)
    {
        var error = Assert.Throws<HeapSnapshotException>(() => Read(script));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(attempts, File.ReadAllLines(Calls).Length);
    }

    private HeapSnapshot Read(string script)
    {
        var tool = _folder.File("tool");
        File.WriteAllText(tool, $"#!/bin/sh\necho \"$*\" >> '{Calls}'\n{script}\n");
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return new ReadingChild("read-dump", "app.core", new DumpOptions()) { Tool = tool }.Read(TestContext.Current.CancellationToken);
    }

    private string Snapshot()
    {
        var file = _folder.File("sent");
        using var heap = new HeapScript();
        heap.AddMany(2, "Shop.Order", 24);
        using var snapshot = heap.Build();
        using var stream = File.Create(file);
        SnapshotTransfer.Write(stream, snapshot);
        return file;
    }
}
