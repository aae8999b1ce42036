using Memtrace.Events;
using Memtrace.Nettrace;
using Memtrace.Recording;
using Memtrace.Tests.Nettrace;

namespace Memtrace.Tests.Recording;

/// <summary>Memory map snapshots of this process, requested by many threads at a time.</summary>
public sealed class BreakdownSamplerTests : IDisposable
{
    private readonly MemoryStream _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    [Requires(Requirement.Linux)]
    public async Task Requests_share_a_running_snapshot_and_none_comes_after_the_end()
    {
        var clock = new EventClock(TraceObject.Parse(NettraceFraming.Objects, SyntheticSession.TraceOf(NettraceFraming.Objects, Environment.ProcessId)), TimeProvider.System);
        var sink = new MemorySink(_file);
        using var merger = new RecordingMerger(sink, NettraceFraming.Objects, Environment.ProcessId);
        using var sampler = new MemorySampler(Environment.ProcessId, merger, clock);
        var breakdowns = new BreakdownSampler(Environment.ProcessId, merger, clock, sampler);

        breakdowns.Begin();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(breakdowns.RequestAsync)));
        await breakdowns.EndAsync();
        merger.WriteUpTo(long.MaxValue);
        var written = sink.Breakdowns;
        await breakdowns.RequestAsync();
        merger.WriteUpTo(long.MaxValue);

        Assert.True(written > 0);
        Assert.Equal(written, sink.Breakdowns);
    }

    private sealed class MemorySink(MemoryStream file) : IBlockSink
    {
        public int Breakdowns { get; private set; }

        public long Length => file.Length;

        public void Write(BlockKind kind, ReadOnlySpan<byte> payload)
        {
            var events = kind == BlockKind.Event ? new EventBlockReader(NettraceFraming.Objects, payload) : default;
            while (kind == BlockKind.Event && events.Read())
                Breakdowns += events.Header.MetadataId == RecorderEvents.MetadataId(RecorderEvent.Breakdown) ? 1 : 0;
        }

        public void Sync()
        {
        }

        public void Dispose()
        {
        }
    }
}
