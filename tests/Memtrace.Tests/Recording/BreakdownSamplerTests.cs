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
    public async Task Requests_share_the_running_snapshot_the_last_is_at_the_end_and_none_comes_after_it()
    {
        var clock = new EventClock(TraceObject.Parse(NettraceFraming.Objects, SyntheticSession.TraceOf(NettraceFraming.Objects, Environment.ProcessId)), new ManualTime());
        var sink = new MemorySink(_file);
        using var merger = new RecordingMerger(sink, NettraceFraming.Objects, Environment.ProcessId);
        using var sampler = new MemorySampler(Environment.ProcessId, merger, clock);
        var breakdowns = new BreakdownSampler(Environment.ProcessId, merger, clock, sampler);

        breakdowns.Begin();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(breakdowns.RequestAsync)));
        await breakdowns.EndAsync();
        merger.WriteUpTo(long.MaxValue);
        var written = sink.Snapshots.ToList();
        await breakdowns.RequestAsync();
        merger.WriteUpTo(long.MaxValue);

        // No time passes, so the budget allows none between them.
        Assert.Equal(2, written.Count);
        Assert.Equal(written, sink.Snapshots);
    }

    private sealed class MemorySink(MemoryStream file) : IBlockSink
    {
        /// <summary>The sequence numbers of snapshots, and of those dropped because the map changed under them.</summary>
        public List<uint> Snapshots { get; } = [];

        public long Length => file.Length;

        public void Write(BlockKind kind, ReadOnlySpan<byte> payload)
        {
            var events = kind == BlockKind.Event ? new EventBlockReader(NettraceFraming.Objects, payload) : default;
            while (kind == BlockKind.Event && events.Read())
            {
                if (events.Header.MetadataId == RecorderEvents.MetadataId(RecorderEvent.Breakdown)
                    || events.Header.MetadataId == RecorderEvents.MetadataId(RecorderEvent.BreakdownDropped))
                    Snapshots.Add(events.Header.SequenceNumber);
            }
        }

        public void Sync()
        {
        }

        public void Dispose()
        {
        }
    }
}
