using System.Buffers.Binary;
using Memtrace.Nettrace;
using Memtrace.Tests.Reading;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Etlx;
using static Memtrace.TestSupport.Recordings.NettraceBuilder;
using TraceLog = Microsoft.Diagnostics.Tracing.Etlx.TraceLog;

namespace Memtrace.Tests.Nettrace;

/// <summary>
/// Event by event, our reader gives what TraceEvent gives: kind, version, level, keywords, fields, time, thread, payload, stack, order, lost events, trace header.
/// </summary>
/// <remarks>
/// What differs by design. TraceEvent keeps 16 bits of a payload's length. Of events with the same time it gives out a sorted one first, even before an
/// earlier event of its own thread; here the thread's own order holds. It gives the stacks of events of code no addresses. It throws where a file is cut; here what was
/// read before stays. A thread id that is used again counts there as 2^31 - 1 lost events, here as a new thread. It does not skip the padding of plain headers.
/// </remarks>
[Collection(nameof(SelfRecording))]
public sealed class TraceEventAgreementTests(SelfRecording recording) : IDisposable
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const string Rundown = "Microsoft-Windows-DotNETRuntimeRundown";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("memtrace-agreement-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>An event without its stack.</summary>
    private sealed record Event(string Provider, int Id, int Version, int Level, ulong Keywords, long Ticks, int Thread, int Size, int Hash);

    private sealed record Contents(List<Event> Events, Dictionary<Event, string> Stacks, (DateTime Start, int PointerSize, int Processors) Header, long Lost, bool Whole);

    private string Write(byte[] stream)
    {
        var file = Path.Combine(_folder.FullName, $"{Guid.NewGuid():n}.nettrace");
        File.WriteAllBytes(file, stream);
        return file;
    }

    private static int HashOf(ReadOnlySpan<byte> payload)
    {
        var hash = new HashCode();
        hash.AddBytes(payload);
        return hash.ToHashCode();
    }

    /// <summary>To what fits in the 16 bits of TraceEvent.</summary>
    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> payload) => payload[..(payload.Length & ushort.MaxValue)];

    private static bool IsCode(string provider, int id) => provider == Rundown || (provider == Runtime && id is (>= 140 and <= 144) or 190);

    private static Contents Ours(string file)
    {
        var visitor = new Collector();
        using var stream = File.OpenRead(file);
        var summary = new NettraceReader(new BlockReader(stream), visitor).Read(TestContext.Current.CancellationToken);
        var trace = visitor.Trace!;
        return new Contents(visitor.Events, visitor.Stacks, (trace.StartedAt.UtcDateTime, trace.PointerSize, trace.ProcessorCount), summary.LostEvents, summary.Terminated);
    }

    private static Contents Theirs(string file)
    {
        var events = new List<Event>();
        using var source = new EventPipeEventSource(file);
        source.AllEvents += data => events.Add(Of(data));
        source.Dynamic.All += _ => { };
        var whole = true;
        try
        {
            source.Process();
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException)
        {
            whole = false;
        }

        return new Contents(events, [], (source.SessionStartTime.ToUniversalTime(), source.PointerSize, source.NumberOfProcessors), source.EventsLost, whole);
    }

    /// <summary>Events of TraceEvent's parsers with ids of no meaning are GCDynamicEvents.</summary>
#pragma warning disable CS0618 // Discouraged, but exact.
    private static Event Of(TraceEvent data) => new(
        data.ProviderName,
        data.ProviderName == Runtime && (int)data.ID >= 65000 ? 39 : (int)data.ID,
        data.Version,
        (int)data.Level,
        (ulong)data.Keywords,
        data.TimeStampQPC,
        data.ThreadID,
        data.EventDataLength,
        HashOf(data.EventData() ?? []));
#pragma warning restore CS0618

    /// <summary>Order is compared as far as it is determined: events of the same time may come in any order.</summary>
    private static IEnumerable<Event> InOrder(IReadOnlyList<Event> events) => events.OrderBy(item => item.Ticks).ThenBy(item => item.ToString(), StringComparer.Ordinal);

    private static void AreTheSame(Contents ours, Contents theirs)
    {
        Assert.NotEmpty(theirs.Events);
        Assert.Equal(theirs.Header, ours.Header);
        Assert.Equal(theirs.Lost, ours.Lost);
        Assert.Equal(Kinds(theirs), Kinds(ours));
        Assert.Equal(ours.Events.Select(item => item.Ticks).Order(), ours.Events.Select(item => item.Ticks));
        Assert.Equal(theirs.Events.Select(item => item.Ticks), ours.Events.Select(item => item.Ticks));
        Assert.Equal(InOrder(theirs.Events), InOrder(ours.Events));
    }

    private static IEnumerable<string> Kinds(Contents contents) =>
        contents.Events.CountBy(item => (item.Provider, item.Id)).Select(kind => $"{kind.Key}: {kind.Value}").Order(StringComparer.Ordinal);

    /// <summary>Both readers see the same events in a file.</summary>
    /// <param name="file">The file, whole.</param>
    internal static void AreTheSame(string file)
    {
        var (ours, theirs) = (Ours(file), Theirs(file));
        AreTheSame(ours, theirs);
        Assert.True(ours.Whole && theirs.Whole);
    }

    [Fact]
    public void Recordings_of_a_runtime()
    {
        AreTheSame(recording.Ticks);
        AreTheSame(recording.Samples);
        AreTheSame(recording.Survival);
    }

    [Fact]
    public void Stacks_are_those_of_TraceLog()
    {
        foreach (var file in new[] { recording.Ticks, recording.Samples, recording.Survival })
        {
            using var log = new TraceLog(TraceLog.CreateFromEventPipeDataFile(file, Path.Combine(_folder.FullName, Path.GetFileName(file) + ".etlx")));
            var ours = Ours(file).Stacks;
            var compared = 0;
            foreach (var data in log.Events.Where(data => !IsCode(data.ProviderName, (int)data.ID)))
            {
                var addresses = new List<ulong>();
                for (var stack = data.CallStackIndex(); stack != CallStackIndex.Invalid; stack = log.CallStacks.Caller(stack))
                    addresses.Add(log.CodeAddresses.Address(log.CallStacks.CodeAddressIndex(stack)));
                Assert.Equal(Text([.. addresses]), ours[Of(data)]);
                compared += addresses.Count;
            }

            Assert.InRange(compared, 1000, int.MaxValue);
        }
    }

    [Fact]
    public void Declarations_of_a_runtime()
    {
        foreach (var file in new[] { recording.Ticks, recording.Samples })
        {
            var visitor = new Collector();
            using (var stream = File.OpenRead(file))
                new NettraceReader(new BlockReader(stream), visitor).Read(TestContext.Current.CancellationToken);
            using var source = new EventPipeEventSource(file);
            var compared = new HashSet<(string, int)>();
            source.Dynamic.All += data =>
            {
                var type = visitor.Types[(data.ProviderName, (int)data.ID)];
                Assert.Equal(data.PayloadNames, (type.Fields ?? []).Select(field => field.Name));
                compared.Add((data.ProviderName, (int)data.ID));
            };
            source.Process();
            Assert.NotEmpty(compared);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Threads_with_interleaved_runs_in_formats_4_and_6(int seed)
    {
        var random = new Random(seed);
        var session = new SyntheticSession((NettraceFraming)(seed % 2));
        long now = SyntheticSession.Start + 1;
        for (var batch = 0; batch < 40; batch++)
        {
            // No two events at the same time: which of them comes first is not determined.
            var times = Enumerable.Range(0, 60).Select(_ => now + random.Next(100_000)).Distinct().Order().ToArray();
            var runs = times.GroupBy(_ => (ulong)random.Next(1, 4)).OrderBy(run => run.First()).ToList();
            now += 100_000;
            foreach (var run in runs)
                session.Events(run.Key, [.. run]);
            if (random.Next(5) == 0)
                session.SequencePoint(now);
        }

        AreTheSame(Write(session.Complete()));
    }

    [Theory]
    [InlineData((int)NettraceFraming.Objects)]
    [InlineData((int)NettraceFraming.Blocks)]
    public void Lost_events_in_formats_4_and_6(int framing)
    {
        var session = new SyntheticSession((NettraceFraming)framing)
            .Events(1, SyntheticSession.Start + 1)
            .Lose(1, 3)
            .Events(1, SyntheticSession.Start + 2)
            .Events(2, SyntheticSession.Start + 3)
            .Lose(2, 4)
            .SequencePoint(SyntheticSession.Start + 4)
            .Events(1, SyntheticSession.Start + 5);
        var file = Write(session.Complete());

        AreTheSame(file);
        Assert.Equal(7, Ours(file).Lost);
    }

    [Fact]
    public void A_thread_id_used_again_is_lost_events_to_TraceEvent_only()
    {
        var file = Write(new NettraceBuilder()
            .Event("P", 1, 1, [], sequence: 1)
            .Event("P", 1, 2, [], sequence: 2)
            .Event("P", 1, 3, [], sequence: 1)
            .Build());

        Assert.Equal(0, Ours(file).Lost);
        Assert.Equal(int.MaxValue, Theirs(file).Lost);
    }

    /// <summary>Three threads with events in one block each; in plain headers a set high bit of the metadata id says that the event is not sorted.</summary>
    [Theory]
    [InlineData((int)NettraceFraming.Objects)]
    [InlineData((int)NettraceFraming.Blocks)]
    public void Plain_headers(int framing)
    {
        var session = new SyntheticSession((NettraceFraming)framing);
        Add(1, (10, true), (15, false), (20, false));
        Add(2, (12, true), (13, false), (30, false));
        Add(3, (18, true), (25, false));
        var file = Write(session.Complete());

        AreTheSame(file);
        Assert.Equal([10, 12, 13, 15, 18, 20, 25, 30], Ours(file).Events.Select(item => item.Ticks - SyntheticSession.Start));

        void Add(ulong thread, params (long Time, bool Sorted)[] events)
        {
            const uint Unsorted = 0x8000_0000;
            var block = new PayloadWriter().UInt16(20).UInt16(0).Int64(0).Int64(0);
            for (var i = 0; i < events.Length; i++)
            {
                var row = new PayloadWriter().Int32((int)(1 | (events[i].Sorted ? 0 : Unsorted))).Int32(i + 1).Int64((long)thread).Int64((long)thread).Int32(0).Int32(0)
                    .Int64(SyntheticSession.Start + events[i].Time);
                row.Bytes(new byte[framing == (int)NettraceFraming.Objects ? 32 : 4]).Int32(8).Int64(SyntheticSession.Start + events[i].Time);
                block.Int32(row.Written.Length).Bytes(row.Written);
            }

            session.Add(BlockKind.Event, block.Written);
        }
    }

    [Fact]
    public void Files_of_32_bit_processes()
    {
        var file = Write(new NettraceBuilder(pointerSize: 4)
            .Stacks(4, [0xF000_1000, 0x2000], [0x3000])
            .Event("P", 1, 1, Bytes(1), stack: 1)
            .Event("P", 2, 2, Bytes(2), stack: 2)
            .Event("P", 1, 3, Bytes(3), thread: 8)
            .Build());

        AreTheSame(file);
        using var log = new TraceLog(TraceLog.CreateFromEventPipeDataFile(file, file + ".etlx"));
        Assert.Equal(3, log.EventCount);
        Assert.Equal(["f0001000,2000", "3000", ""], Ours(file).Stacks.Values);
    }

    [Theory]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(70_000)]
    [InlineData(300_000)]
    public void Events_of_more_than_64_KB_are_cut_by_TraceEvent_only(int size)
    {
        var payload = new byte[size];
        new Random(size).NextBytes(payload);
        var file = Write(new NettraceBuilder().Event("P", 1, 1, Bytes(1)).Event("P", 2, 2, payload).Event("P", 1, 3, Bytes(3)).Build());

        AreTheSame(file);
        Assert.Equal([4, size, 4], Sizes(file));

        static List<int> Sizes(string file)
        {
            var visitor = new Collector();
            using var stream = File.OpenRead(file);
            new NettraceReader(new BlockReader(stream), visitor).Read(TestContext.Current.CancellationToken);
            return visitor.Sizes;
        }
    }

    [Fact]
    public void A_file_cut_anywhere_gives_at_least_what_TraceEvent_gives()
    {
        var bytes = File.ReadAllBytes(recording.Samples);
        var random = new Random(3);
        foreach (var length in Enumerable.Range(0, 10).Select(_ => random.Next(1000, bytes.Length)))
        {
            var file = Write(bytes[..length]);
            var (ours, theirs) = (Ours(file), Theirs(file));

            Assert.False(ours.Whole || theirs.Whole);
            Assert.Equal(theirs.Header, ours.Header);
            Assert.InRange(theirs.Events.Count, 0, ours.Events.Count);
            Assert.Equal(theirs.Events.Select(item => item.Ticks), ours.Events.Take(theirs.Events.Count).Select(item => item.Ticks));
        }
    }

    private static string Text(ReadOnlySpan<ulong> stack) => string.Join(',', stack.ToArray().Select(address => address.ToString("x")));

    private sealed class Collector : INettraceVisitor
    {
        public TraceObject? Trace { get; private set; }

        public List<Event> Events { get; } = [];

        public List<int> Sizes { get; } = [];

        public Dictionary<Event, string> Stacks { get; } = [];

        public Dictionary<(string, int), EventType> Types { get; } = [];

        public void Begin(TraceObject trace) => Trace = trace;

        public object? Subscribe(EventType type)
        {
            Types[(type.Kind.Provider, type.Kind.EventId)] = type;
            return this;
        }

        public void Visit(in NettraceEvent data)
        {
            var type = data.Type;
            var payload = Cut(data.Payload);
            var seen = new Event(type.Kind.Provider, type.Kind.EventId, type.Version, type.Level, type.Keywords, data.Timestamp, (int)data.ThreadId, payload.Length, HashOf(payload));
            Events.Add(seen);
            Sizes.Add(data.Payload.Length);
            Stacks[seen] = Text(data.Stack);
        }

        public void Missing(ulong thread)
        {
        }
    }
}
