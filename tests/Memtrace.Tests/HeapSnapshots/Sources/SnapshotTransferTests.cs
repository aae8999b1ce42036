using Memtrace.HeapSnapshots.Sources;
using Memtrace.Tests.Api;

namespace Memtrace.Tests.HeapSnapshots.Sources;

/// <summary>What a process hands over while its memory is watched.</summary>
[Collection(nameof(OwnProcessTestGroup))]
public sealed class SnapshotTransferTests
{
    [Fact]
    public void What_is_cut_off_leaves_no_memory_behind()
    {
        const int Repeats = 300;
        using var snapshot = SnapshotFileTests.Sample(200_000);
        var sent = SnapshotFileTests.Write(SnapshotTransfer.Write, snapshot);
        var before = Environment.WorkingSet;

        for (var i = 0; i < Repeats; i++)
            Assert.Throws<EndOfStreamException>(() => SnapshotTransfer.Read(new MemoryStream(sent, 0, sent.Length - 1)).Dispose());

        Assert.InRange(Environment.WorkingSet - before, long.MinValue, (long)Repeats * sent.Length / 4);
    }
}
