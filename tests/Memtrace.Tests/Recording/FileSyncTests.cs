using Memtrace.Nettrace;
using Memtrace.Recording;

namespace Memtrace.Tests.Recording;

public sealed class FileSyncTests
{
    [Fact]
    public async Task A_flush_that_is_under_way_ends_before_the_file_is_closed()
    {
        using var sink = new SlowSink();
        var merger = new RecordingMerger(sink, NettraceFraming.Objects, processId: 1);
        var time = new ManualTime();
        var sync = new FileSync(merger, time);
        time.Seconds = 2;
        sync.SyncWhenDue();
        sink.Started.Wait(TestContext.Current.CancellationToken);

        var disposed = sync.DisposeAsync();

        Assert.False(disposed.IsCompleted);
        sink.Release.Set();
        await disposed;
        merger.Dispose();
        Assert.False(sink.WasUsedAfterClose);
    }

    [Fact]
    public async Task Before_it_is_due_nothing_is_flushed()
    {
        using var sink = new SlowSink();
        using var merger = new RecordingMerger(sink, NettraceFraming.Objects, processId: 1);
        await using var sync = new FileSync(merger, new ManualTime());

        sync.SyncWhenDue();

        Assert.False(sink.Started.IsSet);
    }

    private sealed class ManualTime : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }

    private sealed class SlowSink : IBlockSink
    {
        private bool _isClosed;

        public ManualResetEventSlim Started { get; } = new();

        public ManualResetEventSlim Release { get; } = new();

        public bool WasUsedAfterClose { get; private set; }

        public long Length => 0;

        public void Write(BlockKind kind, ReadOnlySpan<byte> payload)
        {
        }

        public void Sync()
        {
            Started.Set();
            Release.Wait();
            WasUsedAfterClose |= _isClosed;
        }

        public void Dispose()
        {
            _isClosed = true;
            Started.Dispose();
            Release.Dispose();
        }
    }
}
