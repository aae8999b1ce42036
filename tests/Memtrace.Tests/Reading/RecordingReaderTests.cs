using Memtrace.Events;
using Memtrace.Profiles;
using Memtrace.Reading;
using static Memtrace.TestSupport.Recordings.NettraceBuilder;

namespace Memtrace.Tests.Reading;

public sealed class RecordingReaderTests
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const string Recorder = "Dotnet-Memtrace";

    private sealed class Seen : RecordingVisitor
    {
        public List<string> Allocations { get; } = [];
        public List<ulong[]> Stacks { get; } = [];
        public RecordedProcess? Process { get; private set; }
        public ProcessMemorySample? Memory { get; private set; }
        public EndEvent? End { get; private set; }
        public HeapStatistics? Heap { get; private set; }
        public CommittedUsage? Committed { get; private set; }
        public RecordingHeader Header { get; private set; }

        public override void Begin(in RecordingHeader header) => Header = header;

        public override void Visit(in AllocationEvent allocation)
        {
            Allocations.Add($"{allocation.Seconds} {allocation.TypeName} {allocation.ObjectSize} {allocation.TickAmount} {allocation.Kind} {allocation.Randomized}");
            Stacks.Add(allocation.Stack.ToArray());
        }

        public override void Visit(in RecordedProcess process) => Process = process;

        public override void Visit(in ProcessMemorySample sample) => Memory = sample;

        public override void Visit(in EndEvent end) => End = end;

        public override void Visit(in HeapStatistics statistics) => Heap = statistics;

        public override void Visit(in CommittedUsage usage) => Committed = usage;
    }

    private static byte[] Sampled(string type, long size, int pointerSize = 8) =>
    [
        .. Bytes(1), .. Bytes((ushort)0), .. Pointer(0x10, pointerSize), .. Text(type), .. Pointer(0x20, pointerSize), .. Bytes(size), .. Bytes(3L),
    ];

    private static byte[] Pointer(long value, int pointerSize) => pointerSize == 8 ? Bytes(value) : Bytes((int)value);

    private static (Seen Seen, ReadingSummary Summary) Read(byte[] bytes)
    {
        var seen = new Seen();
        return (seen, new RecordingReader(seen).Read(new MemoryStream(bytes)));
    }

    [Fact]
    public void Reads_a_sampled_allocation_and_its_stack()
    {
        var bytes = new NettraceBuilder().Stacks(8, [0x7f00_0000_1000, 0x2000]).Event(Runtime, 303, 1.5, Sampled("My.Type", 48), stack: 1).Build();
        var (seen, summary) = Read(bytes);
        Assert.Equal("1.5 My.Type 48 0 Large True", Assert.Single(seen.Allocations));
        Assert.Equal([0x7f00_0000_1000, 0x2000ul], Assert.Single(seen.Stacks));
        Assert.True(summary.Terminated);
        Assert.Equal(1.5, summary.EndSeconds, 6);
        Assert.Equal(0, summary.LostEvents);
        Assert.Equal(4242, seen.Header.ProcessId);
        Assert.Equal(new DateTimeOffset(2024, 1, 1, 12, 30, 0, TimeSpan.Zero), seen.Header.StartedAt);
    }

    [Fact]
    public void Reads_stacks_and_pointers_of_a_32_bit_process()
    {
        var bytes = new NettraceBuilder(pointerSize: 4).Stacks(4, [0xF000_1000, 0x2000]).Event(Runtime, 303, 1, Sampled("T", 12, 4), stack: 1).Build();
        var (seen, _) = Read(bytes);
        Assert.Equal("1 T 12 0 Large True", Assert.Single(seen.Allocations));
        Assert.Equal([0xF000_1000, 0x2000ul], Assert.Single(seen.Stacks));
    }

    [Fact]
    public void Reads_ticks_of_old_and_new_runtimes()
    {
        byte[] version3 = [.. Bytes(5), .. Bytes(0), .. Bytes((ushort)0), .. Bytes(110_000L), .. Bytes(1L), .. Text("Old"), .. Bytes(0), .. Bytes(0x99L)];
        byte[] version4 = [.. version3, .. Bytes(64L)];
        var (seen, _) = Read(new NettraceBuilder().Event(Runtime, 10, 1, version3).Event(Runtime, 10, 2, version4).Build());
        Assert.Equal(["1 Old 0 110000 Small False", "2 Old 64 110000 Small False"], seen.Allocations);
        Assert.All(seen.Stacks, Assert.Empty);
    }

    [Fact]
    public void Adds_all_generations_of_the_heap()
    {
        byte[] statistics = [.. Enumerable.Range(1, 8).SelectMany(i => Bytes((long)i)), .. new byte[30], .. Bytes(100L), .. Bytes(200L)];
        var (seen, _) = Read(new NettraceBuilder().Event(Runtime, 4, 1, statistics).Build());
        Assert.Equal(new HeapStatistics(1, 1 + 3 + 5 + 7 + 100, 2 + 4 + 6 + 8 + 200) { Generations = new GenerationBytes(1, 3, 5, 7, 100) }, seen.Heap);
    }

    [Fact]
    public void Leaves_bookkeeping_out_of_what_is_committed_for_objects()
    {
        byte[] usage = [.. Text("CommittedUsage"), .. Bytes(42), .. Bytes((ushort)1), .. Bytes(1L), .. Bytes(10L), .. Bytes(100L), .. Bytes(1000L), .. Bytes(5L), .. Bytes((ushort)0)];
        var (seen, _) = Read(new NettraceBuilder().Event(Runtime, 39, 1, usage).Build());
        Assert.Equal(new CommittedUsage(1, 1111, 5), seen.Committed);
    }

    [Fact]
    public void Reads_the_recorders_own_events_and_ignores_fields_that_it_does_not_know()
    {
        byte[] process = [.. Bytes(77), .. Text("app"), .. Text("app --x"), .. Text("10.0.12"), .. Text("x64"), .. Text("Linux"), .. Bytes(8), .. Text("tick"), .. Bytes(1), .. Text("0.1"), 1, 2, 3];
        byte[] memory = [.. Enumerable.Range(1, 8).SelectMany(i => Bytes((long)i)), .. Bytes(5), .. Bytes(12L), .. Bytes(13L)];
        byte[] end = [.. Text("targetKilled"), .. Bytes(-1), .. Bytes(9), .. Text("killed")];
        var (seen, _) = Read(new NettraceBuilder().Event(Recorder, 1, 0, process).Event(Recorder, 2, 1, memory).Event(Recorder, 6, 2, end).Build());
        Assert.Equal(new RecordedProcess(77, "app", "app --x", "10.0.12", "x64", "Linux", 8, AllocationSampling.Tick, true) { RecorderVersion = "0.1" }, seen.Process);
        Assert.Equal(new ProcessMemorySample(1, new(1, 2) { RssAnonymous = 3, RssFile = 4, RssShared = 5, Swap = 6, MajorFaults = 7, CpuTimeMs = 8, Threads = 5, HugePages = 12 }), seen.Memory);
        Assert.Equal(new EndEvent(2, EndReason.TargetKilled, null, 9, "killed"), seen.End);
    }

    [Fact]
    public void Shows_everything_in_the_whole_blocks_of_a_stream_cut_at_any_byte()
    {
        var builder = new NettraceBuilder();
        for (var i = 1; i <= 4; i++)
            builder.Event(Runtime, 303, i, Sampled("T", i), thread: i);
        var bytes = builder.Build();
        var firstBlock = (int)builder.Boundaries[1];
        for (var length = firstBlock; length < bytes.Length; length++)
        {
            var (seen, summary) = Read(bytes[..length]);
            Assert.Equal(builder.Boundaries.Skip(2).Count(boundary => boundary <= length), seen.Allocations.Count);
            Assert.False(summary.Terminated);
        }
    }

    [Fact]
    public void Counts_lost_events_from_the_gaps()
    {
        var bytes = new NettraceBuilder().Event(Runtime, 303, 1, Sampled("T", 1), sequence: 1).Event(Runtime, 303, 2, Sampled("T", 1), sequence: 6).Build();
        Assert.Equal(4, Read(bytes).Summary.LostEvents);
    }

    [Fact]
    public void Does_not_take_a_thread_id_used_again_for_lost_events()
    {
        var bytes = new NettraceBuilder()
            .Event(Runtime, 303, 1, Sampled("T", 1), sequence: 1)
            .Event(Runtime, 303, 2, Sampled("T", 1), sequence: 900)
            .Event(Runtime, 303, 3, Sampled("T", 1), sequence: 1)
            .Event(Runtime, 303, 4, Sampled("T", 1), sequence: 3)
            .Build();
        Assert.Equal(898 + 1, Read(bytes).Summary.LostEvents);
    }

    [Fact]
    public void Passes_over_an_allocation_that_is_too_short()
    {
        var bytes = new NettraceBuilder().Event(Runtime, 303, 1, Sampled("T", 1)[..20]).Event(Runtime, 303, 2, Sampled("T", 8)).Build();
        Assert.Equal("2 T 8 0 Large True", Assert.Single(Read(bytes).Seen.Allocations));
    }

    [Fact]
    public void Reads_a_recording_without_events()
    {
        var (seen, summary) = Read(new NettraceBuilder().Build());
        Assert.True(summary.Terminated);
        Assert.Equal(3, seen.Header.ProcessorCount);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("just some text, long enough for a header", "not a .nettrace")]
    [InlineData("Nettrace", "not a .nettrace")]
    [InlineData("Nettrace\u0014\0\0\0!FastSerialization.1", "ends before its first event")]
    public void Says_in_one_line_what_is_wrong_with_a_file_that_is_not_a_recording(string content, string expected)
    {
        var error = Assert.Throws<RecordingException>(() => Read(System.Text.Encoding.ASCII.GetBytes(content)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Keeps_what_came_before_damage_inside_a_block()
    {
        const int NeverDescribed = 99;
        var bytes = new NettraceBuilder()
            .Event(Runtime, 303, 1, Sampled("T", 1))
            .Event(Runtime, 303, 2, Sampled("T", 2))
            .Event(Runtime, 303, 3, Sampled("T", 3), metadata: NeverDescribed)
            .Build();
        var (seen, summary) = Read(bytes);
        Assert.False(summary.Terminated);
        Assert.Equal(2, seen.Allocations.Count);
    }
}
