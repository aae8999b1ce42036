using Memtrace.Events;
using Memtrace.Recording;
using Memtrace.Nettrace;
using Memtrace.Profiles;
using Memtrace.Tests.Nettrace;
using Microsoft.Diagnostics.Tracing;
using RecordingEnd = Memtrace.Recording.RecordingEnd;

namespace Memtrace.Tests.Recording;

public sealed class RecordingMergerTests : IDisposable
{
    private const long Start = SyntheticSession.Start;
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"merger-{Guid.NewGuid():N}.nettrace");

    public static TheoryData<int> Framings => [(int)NettraceFraming.Objects, (int)NettraceFraming.Blocks];

    public void Dispose() => File.Delete(_path);

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task A_reader_sees_the_sessions_events_and_ours_in_time_order(int framing)
    {
        var session = new SyntheticSession((NettraceFraming)framing)
            .Events(1, Start + 100, Start + 300, Start + 500)
            .Events(2, Start + 200, Start + 400)
            .SequencePoint(Start + 600)
            .Events(1, Start + 700, Start + 900);
        await MergeAsync(session, [Start + 50, Start + 250, Start + 450, Start + 650, Start + 800, Start + 950]);

        var seen = ReadTimes(out var lost);

        Assert.Equal(Enumerable.Range(1, 9).Select(i => Start + (100L * i)).Where(t => t is not (Start + 600) and not (Start + 800)), seen["Synthetic/7"]);
        Assert.Equal([Start + 50, Start + 250, Start + 450, Start + 650, Start + 800, Start + 950], seen["Dotnet-Memtrace/4"]);
        Assert.Equal(seen["all"].Order(), seen["all"]);
        Assert.Equal(0, lost);
        TraceEventAgreementTests.AreTheSame(_path);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task A_late_event_is_kept_and_time_does_not_go_backwards(int framing)
    {
        var session = new SyntheticSession((NettraceFraming)framing).Events(1, Start + 100).SequencePoint(Start + 1000).Events(1, Start + 1100);
        using (var merger = await BeginAsync(session))
        {
            await PumpAsync(session, merger);
            merger.Queue(RecorderEvent.MachineMemory, Start + 5, MachineMemorySample.Write(new(2, 1, null)));
            merger.WriteUpTo(long.MaxValue);
        }

        var seen = ReadTimes(out _);

        Assert.Single(seen["Dotnet-Memtrace/4"]);
        Assert.Equal(seen["all"].Order(), seen["all"]);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task Our_events_have_their_fields(int framing)
    {
        var session = new SyntheticSession((NettraceFraming)framing);
        using (var merger = await BeginAsync(session))
        {
            var memory = new ProcessMemory(1, 2) { RssAnonymous = 3, RssFile = 4, RssShared = 5, Swap = 6, MajorFaults = 7, CpuTimeMs = 8, Threads = 9 };
            merger.Queue(RecorderEvent.ProcessMemory, Start + 1, ProcessMemorySample.Write(memory));
            merger.Queue(RecorderEvent.End, Start + 2, new RecordingEnd(EndReason.OutOfMemory, Signal: 9).ToEvent().Write());
            merger.WriteUpTo(long.MaxValue);
        }

        var texts = new List<string>();
        using (var source = new EventPipeEventSource(_path))
        {
            source.Dynamic.All += e => texts.Add(string.Join(",", e.PayloadNames.Select(name => $"{name}={e.PayloadByName(name)}")));
            source.Process();
        }

        Assert.Equal(
            [
                "Rss=1,PeakRss=2,RssAnonymous=3,RssFile=4,RssShared=5,Swap=6,MajorFaults=7,CpuTimeMs=8,Threads=9,HugePages=-1",
                "Reason=outOfMemory,ExitCode=-1,Signal=9,Detail=,Truncated=0",
            ],
            texts);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task An_event_of_another_session_keeps_its_thread(int framing)
    {
        var session = new SyntheticSession((NettraceFraming)framing).Events(1, Start + 100, Start + 300);
        using (var merger = await BeginAsync(session))
        {
            merger.Declare(new NettraceBlock(BlockKind.Metadata, EventMetadata.Declare(session.Framing, "Symbols", 50, [new EventDescription(3, "Load")])));
            if (session.Framing == NettraceFraming.Blocks)
                merger.Declare(new NettraceBlock(BlockKind.Thread, ThreadDeclarations.Declare(77, 4711, "")));
            merger.Queue(new SymbolEvent(50, Thread: 77, Start + 200, []));
            await PumpAsync(session, merger);
        }

        var threads = new List<(string Provider, int Thread)>();
        using var source = new EventPipeEventSource(_path);
        source.Dynamic.All += e => threads.Add((e.ProviderName, e.ThreadID));
        source.Process();

        Assert.Equal(("Symbols", 77), threads[1]);
        Assert.Equal(["Synthetic", "Symbols", "Synthetic"], threads.Select(e => e.Provider));
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task A_second_session_continues_where_the_first_ended(int framing)
    {
        var first = new SyntheticSession((NettraceFraming)framing).Events(1, Start + 100, Start + 200).Events(2, Start + 300).SequencePoint(Start + 350);
        var second = new SyntheticSession((NettraceFraming)framing)
            .Events(1, Start + 250, Start + 280, Start + 400)
            .Events(2, Start + 300, Start + 500)
            .SequencePoint(Start + 600)
            .Events(1, Start + 700);
        using (var merger = await BeginAsync(first))
        {
            await PumpAsync(first, merger);
            merger.AddData(new NettraceBlock(BlockKind.SequencePoint, SequencePoint.Write(first.Framing, Start + 350)));
            var renumberer = new BlockRenumberer(first.Framing, SymbolReader.SuccessorOffset, after: Start + 300);
            await PumpAsync(second, merger, block => renumberer.Renumber(block));
        }

        var seen = ReadTimes(out var lost);

        Assert.Equal([Start + 100, Start + 200, Start + 300, Start + 400, Start + 500, Start + 700], seen["Synthetic/7"]);
        Assert.Equal(seen["all"].Order(), seen["all"]);
        Assert.Equal(0, lost);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task A_file_of_limited_size_ends_with_its_end_and_without_a_gap(int framing)
    {
        const int MaxSize = 10_000;
        var session = new SyntheticSession((NettraceFraming)framing);
        for (var i = 1; i <= 100; i++)
            session.Events(1, Start + (10 * i), Start + (10 * i) + 5);
        using (var merger = await BeginAsync(session, MaxSize))
        {
            for (var i = 1; i <= 100; i++)
                merger.Queue(RecorderEvent.MachineMemory, Start + (10 * i), MachineMemorySample.Write(new(2, 1, null)));
            await PumpAsync(session, merger);
            Assert.Equal(0, merger.Room);
            merger.End(Start + 2000, new RecordingEnd(EndReason.SizeLimit).ToEvent().Write());
        }

        var seen = ReadTimes(out var lost);

        Assert.InRange(new FileInfo(_path).Length, MaxSize / 2, MaxSize);
        Assert.Equal(0, lost);
        Assert.Single(seen["Dotnet-Memtrace/6"]);
        Assert.Equal(seen["all"].Order(), seen["all"]);
        Assert.Equal(Enumerable.Range(1, seen["Synthetic/7"].Count / 2).SelectMany(i => new[] { Start + (10L * i), Start + (10L * i) + 5 }), seen["Synthetic/7"]);
    }

    [Fact]
    public void A_disk_that_does_not_take_what_was_written_is_a_failure_like_one_that_is_full()
    {
        using var merger = new RecordingMerger(new BrokenDisk(), NettraceFraming.Blocks, processId: 4711);
        Assert.Null(merger.Failure);

        merger.Sync();

        Assert.Equal("It is broken.", merger.Failure!.Message);
    }

    private sealed class BrokenDisk : IBlockSink
    {
        public long Length => 0;

        public void Write(BlockKind kind, ReadOnlySpan<byte> payload)
        {
        }

        public void Sync() => throw new IOException("It is broken.");

        public void Dispose()
        {
        }
    }

    private async Task MergeAsync(SyntheticSession session, long[] samples)
    {
        using var merger = await BeginAsync(session);
        foreach (var time in samples)
            merger.Queue(RecorderEvent.MachineMemory, time, MachineMemorySample.Write(new(2, 1, null)));
        await PumpAsync(session, merger);
        merger.WriteUpTo(long.MaxValue);
    }

    private async Task<RecordingMerger> BeginAsync(SyntheticSession session, long maxSize = long.MaxValue)
    {
        var reader = new BlockReader(new MemoryStream(session.Complete()));
        await reader.ReadHeaderAsync(TestContext.Current.CancellationToken);
        var trace = await reader.ReadBlockAsync(TestContext.Current.CancellationToken);
        var file = RecordingFile.Begin(
            RecordingFile.Replace(_path), new StreamBeginning(reader.Framing, reader.Header.ToArray(), trace!.Value.Payload.ToArray()));
        return new RecordingMerger(file, reader.Framing, processId: 4711, maxSize);
    }

    private static async Task PumpAsync(
        SyntheticSession session, RecordingMerger merger, Func<NettraceBlock, IReadOnlyList<NettraceBlock>>? renumber = null)
    {
        var reader = new BlockReader(new MemoryStream(session.Complete()));
        await reader.ReadHeaderAsync(TestContext.Current.CancellationToken);
        await reader.ReadBlockAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadBlockAsync(TestContext.Current.CancellationToken) is { } block)
        {
            foreach (var renumbered in renumber?.Invoke(block) ?? [block])
                merger.AddData(renumbered);
        }
    }

    private Dictionary<string, List<long>> ReadTimes(out int lost)
    {
        var times = new Dictionary<string, List<long>>(StringComparer.Ordinal) { ["all"] = [] };
        using var source = new EventPipeEventSource(_path);
        source.Dynamic.All += e =>
        {
            var kind = $"{e.ProviderName}/{(int)e.ID}";
            var ticks = Start + (long)Math.Round(e.TimeStampRelativeMSec * 1_000_000);
            if (!times.TryGetValue(kind, out var list))
                times[kind] = list = [];
            list.Add(ticks);
            times["all"].Add(ticks);
        };
        source.Process();
        lost = source.EventsLost;
        return times;
    }
}
