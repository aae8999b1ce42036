using Memtrace.Events;
using Memtrace.Exporting.Dump;
using Memtrace.Nettrace;
using Memtrace.Reading;
using Memtrace.Tests.Nettrace;

namespace Memtrace.Tests.Exporting.Dump;

public sealed class RecordingDumpTests
{
    private const long Start = SyntheticSession.Start;

    public static TheoryData<int> Framings => [(int)NettraceFraming.Objects, (int)NettraceFraming.Blocks];

    private static (string Text, bool IsDamaged) Dump(byte[] stream, DumpFilter? filter = null)
    {
        var output = new StringWriter();
        var dump = new RecordingDump(output, filter ?? new DumpFilter(), text => text.Replace("\u001b", "<ESC>", StringComparison.Ordinal));
        dump.Write(new MemoryStream(stream));
        return (output.ToString(), dump.IsDamaged);
    }

    private static SyntheticSession Session(int framing) => new((NettraceFraming)framing);

    private static SyntheticSession Story(int framing)
    {
        byte[] stacks = new PayloadWriter().Int32(1).Int32(1).Int32(16).Int64(0x1000).Int64(0x2000).Written.ToArray();
        return Session(framing)
            .Add(BlockKind.Stack, stacks)
            .Events(1, Start + 1_500_000, Start + 2_000_001)
            .EventWithStack(2, Start + 1_750_000, stack: 1)
            .SequencePoint(Start + 3_000_000)
            .Lose(1, 2)
            .Events(1, Start + 4_000_000);
    }

    [Fact]
    public void Everything_of_a_stream_of_format_4()
    {
        const string Expected = """
            @32 Trace, 48 bytes
              format 4, 64-bit pointers
              started 2026-11-20 12:30:15.250 UTC at tick 5000000000, 1000000000 ticks a second
              process 4711, processors 2
            @102 Metadata, 101 bytes
              #1 Synthetic/Number(7) version 0, level 4, keywords 0x0 (Int64 Value)
            @238 Stack, 28 bytes: 1 stack from 1 on
            @297 Event, 52 bytes: 2 events, 1 thread, 0.001500000 s to 0.002000001 s, compressed headers
              0.001500000 s thread 1 Synthetic/Number(7) seq 1 Value=5001500000
              0.002000001 s thread 1 Synthetic/Number(7) seq 2 Value=5002000001
            @381 Event, 41 bytes: 1 event, 1 thread, 0.001750000 s to 0.001750000 s, compressed headers
              0.001750000 s thread 2 Synthetic/Number(7) seq 1 stack 1 Value=5001750000
            @454 SequencePoint, 36 bytes: 0.003000000 s
              thread 1 at seq 2
              thread 2 at seq 1
            @521 Event, 40 bytes: 1 event, 1 thread, 0.004000000 s to 0.004000000 s, compressed headers
              0.004000000 s thread 1 Synthetic/Number(7) seq 5 (2 missing before it) Value=5004000000
            @594 end: 7 blocks, 4 events, 2 lost

            """;
        var (text, isDamaged) = Dump(Story((int)NettraceFraming.Objects).Complete());
        Assert.Equal(Expected, text);
        Assert.False(isDamaged);
    }

    [Fact]
    public void Threads_of_format_6_are_named_by_their_declarations()
    {
        var session = Session((int)NettraceFraming.Blocks).Events(2, Start + 1);
        session.Add(BlockKind.RemoveThread, new PayloadWriter().VarUInt(2).VarUInt(1).Written);
        var (text, _) = Dump(session.Complete());
        Assert.Contains("  format 6, 64-bit pointers\n", text, StringComparison.Ordinal);
        Assert.Contains("  thread 2 is 102 of process 4711 \"\"\n", text, StringComparison.Ordinal);
        Assert.Contains("  0.000000001 s thread 102 Synthetic/Number(7) seq 1 Value=5000000001\n", text, StringComparison.Ordinal);
        Assert.Contains("  thread 102 ends at seq 1\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public void A_line_for_each_block_is_enough(int framing)
    {
        var (text, _) = Dump(Story(framing).Complete(), new DumpFilter { BlocksOnly = true });
        Assert.All(text.TrimEnd().Split('\n'), line => Assert.StartsWith("@", line));
        Assert.Contains(": 2 events, 1 thread, 0.001500000 s to 0.002000001 s", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public void A_time_window_leaves_out_what_is_before_and_after_it(int framing)
    {
        var (text, _) = Dump(Story(framing).Complete(), new DumpFilter { From = 0.002, To = 0.003 });
        Assert.Equal(["0.002000001"], EventTimes(text));
        Assert.Contains("SequencePoint", text, StringComparison.Ordinal);
        Assert.Contains(", 4 events, 1 shown, 2 lost", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "7", 4)]
    [InlineData(null, "number", 4)]
    [InlineData("synthetic", null, 4)]
    [InlineData("Synthetic", "8", 0)]
    [InlineData("Other", null, 0)]
    public void A_provider_and_an_event_leave_out_all_others(string? provider, string? name, int events)
    {
        var (text, _) = Dump(Story(0).Complete(), new DumpFilter { Provider = provider, Event = name });
        Assert.Equal(events, EventTimes(text).Count());
        Assert.DoesNotContain("SequencePoint", text, StringComparison.Ordinal);
        Assert.Equal(events > 0, text.Contains("#1 Synthetic", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public void A_damaged_block_is_shown_up_to_the_damage_and_the_next_one_follows(int framing)
    {
        var session = Session(framing);
        var damaged = session.EventsOf(1, Start + 1, Start + 2)[..^4];
        var (text, isDamaged) = Dump(session.Add(BlockKind.Event, damaged).Events(2, Start + 3).Complete());
        Assert.True(isDamaged);
        Assert.Equal(["0.000000001", "0.000000003"], EventTimes(text));
        Assert.Matches(@"\n@\d+ damaged: a block ends before its content does\n", text);
        Assert.Matches(@"\n@\d+ end: ", text);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public void An_event_of_a_kind_that_was_never_declared_is_damage(int framing)
    {
        var writer = new EventBlockWriter();
        writer.Add(new EventHeader { MetadataId = 99, SequenceNumber = 1, CaptureThread = 1, Thread = 1, Timestamp = Start }, []);
        var (text, isDamaged) = Dump(Session(framing).Add(BlockKind.Event, writer.Complete()).Complete());
        Assert.True(isDamaged);
        Assert.Contains("an event is of kind #99, which was never declared", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_stream_is_reported_and_is_not_damage()
    {
        var whole = Story((int)NettraceFraming.Objects).Torn();
        var (text, isDamaged) = Dump(whole[..^5]);
        Assert.False(isDamaged);
        Assert.Contains("@521 cut off: 67 bytes of a block that is not whole\n", text, StringComparison.Ordinal);
        Assert.Contains("@593 cut off: no end mark\n", Dump(whole).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void With_an_impossible_date_times_are_in_ticks()
    {
        var stream = Story((int)NettraceFraming.Objects).Complete();
        const int Month = 54 + 2;
        stream[Month] = 13;
        var (text, isDamaged) = Dump(stream);
        Assert.True(isDamaged);
        Assert.Contains("@32 damaged: the trace header's start time is not a valid date\n", text, StringComparison.Ordinal);
        Assert.Contains("  tick 5001500000 thread 1 Synthetic/Number(7) seq 1 Value=5001500000\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_a_recording_is_refused()
    {
        var error = Assert.Throws<RecordingException>(() => Dump("just some text, long enough for a header"u8.ToArray()));
        Assert.Contains("not a .nettrace", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public void Events_that_the_runtime_declares_without_fields_have_those_that_are_known(int framing)
    {
        var (text, _) = Dump(OneEvent(framing, Providers.Runtime, CollectionStart.Id, new PayloadWriter().Int32(9).Int32(2).Int32(1).Int32(0).UInt16(7)));
        Assert.Contains($" {Providers.Runtime}/GCStart(1) seq 1 Count=9 Depth=2 Reason=1 Type=0 ClrInstanceID=7\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public void What_no_field_describes_is_in_hexadecimal(int framing)
    {
        var (text, _) = Dump(OneEvent(framing, "Other", 1, new PayloadWriter().Bytes(new byte[100])));
        Assert.Contains($" Other/1 seq 1 100 bytes: {new string('0', 2 * PayloadText.MostHexBytes)}...\n", text, StringComparison.Ordinal);
        (text, _) = Dump(OneEvent(framing, Providers.Runtime, Restart.EndId, new PayloadWriter().UInt16(1).Byte(0xAB)));
        Assert.Contains("GCRestartEEEnd(3) seq 1 ClrInstanceID=1 +1 byte: ab\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public void Text_is_escaped_in_the_output(int framing)
    {
        var payload = new PayloadWriter().Int32(1).Utf16("a\u001b[31m");
        for (var i = 0; i < 3; i++)
            payload.Utf16(new string('x', 2 * PayloadText.LongestString));
        var (text, _) = Dump(OneEvent(framing, Providers.Recorder, (int)RecorderEvent.Process, payload));
        Assert.DoesNotContain('\u001b', text);
        Assert.Contains($"ProcessId=1 Name=\"a<ESC>[31m\" CommandLine=\"{new string('x', PayloadText.LongestString)}...\"", text, StringComparison.Ordinal);
    }

    private static IEnumerable<string> EventTimes(string text) =>
        text.Split('\n').Where(line => line.Contains(" s thread ", StringComparison.Ordinal)).Select(line => line.Trim().Split(' ')[0]);

    /// <summary>A stream with one event of a kind whose declaration describes no field.</summary>
    private static byte[] OneEvent(int framing, string provider, int id, PayloadWriter payload)
    {
        var session = Session(framing);
        session.Add(BlockKind.Metadata, EventMetadata.Declare((NettraceFraming)framing, provider, 2, [new EventDescription(id, "")]));
        var writer = new EventBlockWriter();
        writer.Add(new EventHeader { MetadataId = 2, SequenceNumber = 1, CaptureThread = 1, Thread = 1, Timestamp = Start }, payload.Written);
        return session.Add(BlockKind.Event, writer.Complete()).Complete();
    }
}
