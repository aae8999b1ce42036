using System.Buffers.Binary;
using Memtrace.Nettrace;

namespace Memtrace.Tests.Nettrace;

public sealed class NettraceReaderTests
{
    private const long Start = SyntheticSession.Start;

    public static TheoryData<int> Framings => [(int)NettraceFraming.Objects, (int)NettraceFraming.Blocks];

    private sealed class Seen : INettraceVisitor
    {
        public List<long> Times { get; } = [];

        public List<ulong> Threads { get; } = [];

        public List<ulong[]> Stacks { get; } = [];

        public List<EventType> Types { get; } = [];

        public int Gaps { get; private set; }

        public void Begin(TraceObject trace)
        {
        }

        public object? Subscribe(EventType type)
        {
            Types.Add(type);
            return this;
        }

        public void Visit(in NettraceEvent data)
        {
            Times.Add(data.Timestamp - Start);
            Threads.Add(data.ThreadId);
            Stacks.Add(data.Stack.ToArray());
            Assert.Same(this, data.Subscription);
            if (data.Type.Kind.Provider == SyntheticSession.Provider)
                Assert.Equal(data.Timestamp, BinaryPrimitives.ReadInt64LittleEndian(data.Payload));
        }

        public void Missing(ulong thread) => Gaps++;
    }

    private static (Seen Seen, NettraceSummary Summary) Read(byte[] stream)
    {
        var seen = new Seen();
        return (seen, new NettraceReader(new BlockReader(new MemoryStream(stream)), seen).Read(TestContext.Current.CancellationToken));
    }

    private static SyntheticSession Session(int framing) => new((NettraceFraming)framing);

    [Theory]
    [MemberData(nameof(Framings))]
    public void Events_of_several_threads_come_in_time_order(int framing)
    {
        var stream = Session(framing)
            .Events(1, Start + 10, Start + 15, Start + 20)
            .Events(2, Start + 12, Start + 13, Start + 30)
            .Events(3, Start + 18, Start + 25)
            .SequencePoint(Start + 40)
            .Events(1, Start + 50, Start + 51)
            .Complete();

        var (seen, summary) = Read(stream);

        Assert.Equal([10, 12, 13, 15, 18, 20, 25, 30, 50, 51], seen.Times);
        Assert.True(summary.Terminated);
        Assert.Null(summary.Damage);
        Assert.Equal(Start + 51, summary.LastTimestamp);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public void A_truncated_stream_is_read_to_its_last_event(int framing)
    {
        var (seen, summary) = Read(Session(framing).Events(1, Start + 1, Start + 5).Events(2, Start + 2, Start + 3).Torn());

        Assert.Equal([1, 2, 3, 5], seen.Times);
        Assert.False(summary.Terminated);
        Assert.Null(summary.Damage);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Events_are_in_time_order_however_the_writer_groups_them(int seed)
    {
        var random = new Random(seed);
        var session = Session(seed % 2);
        var expected = new List<long>();
        long now = 1;
        for (var batch = 0; batch < 50; batch++)
        {
            // As the runtime writes: run after run, each of the thread that has the earliest event left.
            var runs = Enumerable.Range(1, 3).ToDictionary(thread => (ulong)thread, _ => Enumerable.Range(0, random.Next(1, 20)).Select(_ => now + random.Next(1000)).Order().ToArray());
            now += 1000;
            foreach (var (thread, times) in runs.OrderBy(run => run.Value[0]))
                session.Events(thread, [.. times.Select(time => Start + time)]);
            expected.AddRange(runs.Values.SelectMany(times => times));
            if (random.Next(10) == 0)
                session.SequencePoint(Start + now);
        }

        var (seen, summary) = Read(session.Complete());

        Assert.Equal(expected.Order(), seen.Times);
        Assert.Equal(0, summary.LostEvents);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public void Gaps_are_counted_once_and_shown_where_they_are(int framing)
    {
        var stream = Session(framing)
            .Events(1, Start + 1)
            .Lose(1, 3)
            .Events(1, Start + 2)
            .Lose(1, 2)
            .SequencePoint(Start + 3)
            .Events(1, Start + 4)
            .Complete();

        var (seen, summary) = Read(stream);

        Assert.Equal(5, summary.LostEvents);
        Assert.Equal(2, seen.Gaps);
    }

    [Fact]
    public void Threads_of_format_6_are_named_by_their_declarations()
    {
        var (seen, _) = Read(Session((int)NettraceFraming.Blocks).Events(2, Start + 1).Complete());
        Assert.Equal([102ul], seen.Threads);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public void Declarations_have_provider_id_name_and_fields(int framing)
    {
        var type = Assert.Single(Read(Session(framing).Complete()).Seen.Types);

        Assert.Equal(new EventKind(SyntheticSession.Provider, 7), type.Kind);
        Assert.Equal("Number", type.Name);
        Assert.Equal([new EventField("Value", FieldType.Int64)], type.Fields);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public void A_kind_of_event_that_was_never_declared_is_damage_and_what_came_before_stays(int framing)
    {
        var session = Session(framing).Events(1, Start + 1);
        var writer = new EventBlockWriter();
        writer.Add(new EventHeader { MetadataId = 99, SequenceNumber = 2, CaptureThread = 1, Thread = 1, Timestamp = Start + 2 }, []);
        session.Add(BlockKind.Event, writer.Complete());

        var (seen, summary) = Read(session.Complete());

        Assert.Equal([1], seen.Times);
        Assert.False(summary.Terminated);
        Assert.Contains("undeclared type", summary.Damage, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public void Stacks_end_at_a_sequence_point(int framing)
    {
        byte[] stacks = new PayloadWriter().Int32(1).Int32(1).Int32(16).Int64(0x1000).Int64(0x2000).Written.ToArray();
        var session = Session(framing).Add(BlockKind.Stack, stacks);
        session.EventWithStack(1, Start + 1, stack: 1).SequencePoint(Start + 2).EventWithStack(1, Start + 3, stack: 1);

        var (seen, _) = Read(session.Complete());

        Assert.Equal([0x1000ul, 0x2000ul], seen.Stacks[0]);
        Assert.Empty(seen.Stacks[1]);
    }

    [Fact]
    public void Events_that_nothing_is_marked_to_come_after_do_not_pile_up()
    {
        const int BlockSize = 1 << 20;
        var session = Session((int)NettraceFraming.Blocks);
        var blocks = (int)(NettraceReader.MaxWaitingBytes / BlockSize) + 16;
        for (uint number = 1; number <= blocks; number++)
        {
            var writer = new EventBlockWriter();
            var payload = new byte[BlockSize];
            BinaryPrimitives.WriteInt64LittleEndian(payload, Start + number);
            writer.Add(new EventHeader { MetadataId = 1, SequenceNumber = number, CaptureThread = 1, Thread = 1, Timestamp = Start + number }, payload);
            session.Add(BlockKind.Event, writer.Complete());
        }

        var early = 0;
        var seen = new Seen();
        var source = new CountingSource(new BlockReader(new MemoryStream(session.Complete())), () => early = seen.Times.Count);
        new NettraceReader(source, seen).Read(TestContext.Current.CancellationToken);

        Assert.Equal(blocks, seen.Times.Count);
        Assert.InRange(early, 1, blocks - 1);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public void Small_events_do_not_pile_up_within_their_block(int framing)
    {
        // Nothing is marked as sorted, and one event is missing before each: the lost ones tell how many were read when the first was given out.
        const int Events = 1_000_000;
        var block = new PayloadWriter().UInt16(20).UInt16(1).Int64(Start).Int64(Start).Byte(3).VarUInt(1).VarUInt(0).VarUInt(1).VarUInt(0).VarUInt((ulong)Start);
        for (var i = 1; i < Events; i++)
            block.Byte(2).VarUInt(1).VarUInt(1).VarUInt(0).VarUInt(0);
        var counting = new Counting();
        counting.Reader = new NettraceReader(new BlockReader(new MemoryStream(Session(framing).Add(BlockKind.Event, block.Written).Complete())), counting);

        counting.Reader.Read(TestContext.Current.CancellationToken);

        Assert.Equal(Events, counting.Events);
        Assert.InRange(counting.LostBeforeFirst, 1, Events * 3 / 4);
    }

    [Fact]
    public void Stacks_without_a_frame_take_no_room()
    {
        const int Stacks = 2_000_000;
        var stacks = new StackCache();
        stacks.Add(new PayloadWriter().Int32(1).Int32(1).Int32(8).Int64(0x1000).Written, 8);
        var block = new PayloadWriter().Int32(1).Int32(Stacks).Bytes(new byte[sizeof(int) * Stacks]).Written.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();

        stacks.Add(block, 8);

        Assert.Empty(stacks[1].ToArray());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Declarations_have_a_bound()
    {
        var session = Session((int)NettraceFraming.Objects);
        var name = new string('x', 4 << 20);
        for (var id = 2; id < 12; id++)
            session.Add(BlockKind.Metadata, EventMetadata.Declare(NettraceFraming.Objects, name, id, [new EventDescription(1, "")]));

        var summary = Read(session.Complete()).Summary;

        Assert.Contains("too many event types", summary.Damage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0L, 8, "clock")]
    [InlineData(-1L, 8, "clock")]
    [InlineData(1000L, 5, "pointer size")]
    public void An_impossible_trace_header_is_refused(long frequency, int pointerSize, string reason)
    {
        var trace = SyntheticSession.TraceOf(NettraceFraming.Objects, 1);
        BinaryPrimitives.WriteInt64LittleEndian(trace.AsSpan(24), frequency);
        BinaryPrimitives.WriteInt32LittleEndian(trace.AsSpan(32), pointerSize);

        var error = Assert.Throws<NettraceException>(() => TraceObject.Parse(NettraceFraming.Objects, trace));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_impossible_month_is_refused()
    {
        var trace = SyntheticSession.TraceOf(NettraceFraming.Blocks, 1);
        trace[2] = 13;
        Assert.Throws<NettraceException>(() => TraceObject.Parse(NettraceFraming.Blocks, trace));
    }

    [Theory]
    [InlineData(long.MaxValue, 9999)]
    [InlineData(long.MinValue, 1)]
    public void A_time_beyond_all_calendars_is_the_calendars_end(long timestamp, int year)
    {
        var bytes = SyntheticSession.TraceOf(NettraceFraming.Objects, 1);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), 1);
        var trace = TraceObject.Parse(NettraceFraming.Objects, bytes);

        Assert.Equal(year, trace.TimeAt(timestamp).Year);
        Assert.Equal(timestamp > 0 ? TimeSpan.MaxValue : TimeSpan.MinValue, trace.Between(0, timestamp));
        Assert.Equal(year, TraceObject.Parse(NettraceFraming.Objects, TraceObject.WithStart(NettraceFraming.Objects, bytes, timestamp)).StartedAt.Year);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public void Whether_there_is_any_event_is_known(int framing)
    {
        Assert.False(Read(Session(framing).Complete()).Summary.HasEvents);
        Assert.True(Read(Session(framing).Events(1, Start + 1).Complete()).Summary.HasEvents);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1_500_000_000)]
    [InlineData(-1)]
    public void A_declaration_of_more_fields_than_it_has_leaves_the_fields_unknown_and_costs_nothing(int count)
    {
        byte[] declaration = new PayloadWriter().Int32(1).Utf16("P").Int32(7).Utf16("E").Int64(0).Int32(1).Int32(4).Int32(count).Written.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var type = EventType.ReadObject(declaration);

        Assert.Equal(new EventKind("P", 7), type.Kind);
        Assert.Null(type.Fields);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Fields_with_arrays_and_objects_of_format_5()
    {
        // No field of the first kind, an opcode, then all fields of the second kind.
        byte[] array = new PayloadWriter().Utf16("Values").Int32(19).Int32(9).Written.ToArray();
        byte[] name = new PayloadWriter().Utf16("N").Int32(18).Written.ToArray();
        byte[] inner = new PayloadWriter().Int32(name.Length + 4).Bytes(name).Written.ToArray();
        byte[] nested = new PayloadWriter().Utf16("Inner").Int32(1).Int32(1).Bytes(inner).Written.ToArray();
        byte[] fields = new PayloadWriter().Int32(2).Int32(array.Length + 4).Bytes(array).Int32(nested.Length + 4).Bytes(nested).Written.ToArray();
        byte[] description = new PayloadWriter().Int32(0).Int32(1).Byte(1).Byte(42).Int32(fields.Length).Byte(2).Bytes(fields).Written.ToArray();

        var read = EventField.Read(NettraceFraming.Objects, description)!;

        Assert.Equal(["Values", "Inner"], read.Select(field => field.Name));
        Assert.Equal(new EventField("", FieldType.Int32), read[0].Element);
        Assert.Equal(new EventField("N", FieldType.String), Assert.Single(read[1].Fields!));
    }

    [Fact]
    public void Optional_metadata_of_format_6()
    {
        byte[] optional = new PayloadWriter().Byte(1).Byte(2).Byte(4).Utf8("{0}").Byte(3).Int64(0x8).Byte(8).Byte(5).Byte(9).Byte(3).Written.ToArray();
        byte[] row = new PayloadWriter().VarUInt(5).Utf8("P").VarUInt(303).Utf8("E").UInt16(0).UInt16(optional.Length).Bytes(optional).Written.ToArray();

        var type = EventType.ReadRow(row);

        Assert.Equal((5, new EventKind("P", 303), "E", 3, 5, 8ul), (type.MetadataId, type.Kind, type.Name, type.Version, type.Level, type.Keywords));
        Assert.Empty(type.Fields!);
    }

    private sealed class Counting : INettraceVisitor
    {
        public NettraceReader? Reader { get; set; }

        public int Events { get; private set; }

        public long LostBeforeFirst { get; private set; }

        public void Begin(TraceObject trace)
        {
        }

        public object? Subscribe(EventType type) => type;

        public void Visit(in NettraceEvent data)
        {
            if (Events++ == 0)
                LostBeforeFirst = Reader!.LostEvents;
        }

        public void Missing(ulong thread)
        {
        }
    }

    /// <summary>Called at the end of the stream, before it is read.</summary>
    private sealed class CountingSource(BlockReader blocks, Action beforeEnd) : IBlockSource
    {
        public long Position => blocks.Position;

        public bool EndedCleanly => blocks.EndedCleanly;

        public NettraceFraming ReadHeader() => blocks.ReadHeader();

        public NettraceBlock? ReadBlock()
        {
            var block = blocks.ReadBlock();
            if (block is null)
                beforeEnd();
            return block;
        }
    }
}
