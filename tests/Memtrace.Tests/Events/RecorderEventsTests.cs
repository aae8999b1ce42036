using System.Security.Cryptography;
using Memtrace.Events;
using Memtrace.Nettrace;
using Memtrace.Profiles;

namespace Memtrace.Tests.Events;

/// <summary>What the recorder writes, to the byte: recordings outlive the versions that wrote them.</summary>
public sealed class RecorderEventsTests
{
    private static readonly RecordedProcess Process = new(77, "appä", "app --x", "10.0.12", "x64", "Linux", 8, AllocationSampling.Tick, true) { RecorderVersion = "0.1.0", IsAheadOfTime = false, BufferSizeMB = 256, IsFromStart = true };

    private static readonly ProcessMemory ProcessReading = new(1, 2)
    {
        RssAnonymous = 3,
        RssFile = 4,
        RssShared = 5,
        Swap = 6,
        MajorFaults = 7,
        CpuTimeMs = 8,
        Threads = 9,
        HugePages = 10,
    };

    private static readonly ContainerMemory Container = new(1, null, 3) { Peak = 4, Anonymous = 5, File = 6, Kernel = 7, PressureSome10 = 8.5, Shared = 9 };

    private static readonly MachineMemory Machine = new(1, 2, 3.5);

    [Fact]
    public void Ids_names_and_fields_stay_as_they_are()
    {
        string[] expected =
        [
            "1 Process: ProcessId Int32, Name String, CommandLine String, RuntimeVersion String, Architecture String, OperatingSystem String, "
            + "ProcessorCount Int32, AllocationSampling String, SurvivalTracking Int32, RecorderVersion String, Compilation String, BufferSizeMB Int32, FromStart Int32",
            "2 ProcessMemory: Rss Int64, PeakRss Int64, RssAnonymous Int64, RssFile Int64, RssShared Int64, Swap Int64, MajorFaults Int64, CpuTimeMs Int64, Threads Int32, "
            + "HugePages Int64",
            "3 ContainerMemory: Usage Int64, Limit Int64, OomKills Int64, Peak Int64, Anonymous Int64, File Int64, Kernel Int64, PressureSome10 Double, Shared Int64",
            "4 MachineMemory: Total Int64, Available Int64, PressureSome10 Double",
            "5 SurvivalStopped: PauseMs Double, Detail String",
            "6 End: Reason String, ExitCode Int32, Signal Int32, Detail String, Truncated Int32",
            "7 Breakdown: Reason String, Rss Int64, Swap Int64, GcHeap Int64, GcBookkeeping Int64, JitCode Int64, LoaderHeaps Int64, Images Int64, ThreadStacks Int64, "
            + "MallocHeap Int64, MappedFiles Int64, SharedMemory Int64, OtherAnonymous Int64, ManagedImages Int64, NativeImages Int64, MallocMainHeap Int64, "
            + "MallocArenas Int64, MallocMapped Int64, ArenaCount Int32, Threads Int32, LargestFiles String, Allocators String, Limits String, LargestArena Int64, "
            + "UnknownCategories Int32, NonGcHeap Int64, GcHandles Int64, GcHugePages Int64, HugePages Int64, LazilyFreed Int64, Gpu Int64, Mappings Int64, MappingLimit Int64, "
            + "GcHeaps String, HandleCounts String",
            "8 BreakdownDropped: Reason String",
        ];

        var actual = RecorderEvents.Descriptions
            .Select(item => $"{item.EventId} {item.Name}: {string.Join(", ", item.Fields.Select(field => $"{field.Name} {field.Type}"))}");

        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData((int)NettraceFraming.Objects, "0097F29B6B1CEF2CB16CA3303D6FCE586CB0EC394892ABA620EF3DDE4FD8B941")]
    [InlineData((int)NettraceFraming.Blocks, "56E3322BF3F99752097433B38BD7EAD9C6D77330B1F63AC576120D2F1C1C563D")]
    public void The_declaration_stays_as_it_is(int framing, string hash) =>
        Assert.Equal(hash, Convert.ToHexString(SHA256.HashData(RecorderEvents.Declare((NettraceFraming)framing))));

    [Fact]
    public void Metadata_ids_count_up_with_the_events()
    {
        Assert.Equal(0x7E000000, RecorderEvents.MetadataId(RecorderEvent.Process));
        Assert.Equal(0x7E000006, RecorderEvents.MetadataId(RecorderEvent.Breakdown));
        Assert.Equal(RecorderEvents.Descriptions.Select(item => item.EventId), Enum.GetValues<RecorderEvent>().Select(item => (int)item));
        Assert.Equal(Enumerable.Range(1, RecorderEvents.Descriptions.Count), RecorderEvents.Descriptions.Select(item => item.EventId));
    }

    [Fact]
    public void The_process()
    {
        AssertBytes(
            "4D000000610070007000E400000061007000700020002D002D0078000000310030002E0030002E0031003200000078003600340000004C0069006E00750078000000080000007400690063"
            + "006B0000000100000030002E0031002E00300000006A0075007300740049006E00540069006D00650000000001000001000000",
            Process.Write());
        Assert.Equal(Process, RecordedProcess.Read(Recorded.Event(Process.Write())));
        Assert.Equal(Process, RecordedProcess.Read(Recorded.Event([.. Process.Write(), 1, 2, 3])));
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData(AllocationSampling.None, "none")]
    [InlineData(AllocationSampling.Randomized, "randomized")]
    [InlineData(AllocationSampling.Tick, "tick")]
    public void The_sampling_is_stored_as_a_word(AllocationSampling? sampling, string word)
    {
        var process = Process with { Sampling = sampling };

        Assert.Contains(Convert.ToHexString(new PayloadWriter().Int32(8).Utf16(word).Int32(1).Written), Convert.ToHexString(process.Write()), StringComparison.Ordinal);
        Assert.Equal(process, RecordedProcess.Read(Recorded.Event(process.Write())));
    }

    [Fact]
    public void The_memory_of_the_process()
    {
        var payload = ProcessMemorySample.Write(ProcessReading);
        AssertBytes(
            "01000000000000000200000000000000030000000000000004000000000000000500000000000000060000000000000007000000000000000800000000000000090000000A00000000000000",
            payload);

        Assert.True(ProcessMemorySample.TryRead(Recorded.Event(payload), out var read));
        Assert.Equal(new ProcessMemorySample(1, ProcessReading), read);
        Assert.True(ProcessMemorySample.TryRead(Recorded.Event(payload.AsSpan()[..^sizeof(long)]), out read));
        Assert.Equal(new ProcessMemorySample(1, ProcessReading with { HugePages = null }), read);
        Assert.True(ProcessMemorySample.TryRead(Recorded.Event(payload.AsSpan()[..60]), out read));
        Assert.Equal(new ProcessMemorySample(1, new(1, 2)), read);
        Assert.False(ProcessMemorySample.TryRead(Recorded.Event(payload.AsSpan()[..15]), out _));
    }

    [Fact]
    public void The_memory_of_the_container()
    {
        var payload = ContainerMemorySample.Write(Container);
        AssertBytes(
            "0100000000000000FFFFFFFFFFFFFFFF0300000000000000040000000000000005000000000000000600000000000000070000000000000000000000000021400900000000000000",
            payload);

        Assert.True(ContainerMemorySample.TryRead(Recorded.Event(payload), out var read));
        Assert.Equal(new ContainerMemorySample(1, Container), read);
        Assert.True(ContainerMemorySample.TryRead(Recorded.Event(payload.AsSpan()[..^sizeof(long)]), out read));
        Assert.Equal(new ContainerMemorySample(1, Container with { Shared = null }), read);
        Assert.True(ContainerMemorySample.TryRead(Recorded.Event(payload.AsSpan()[..60]), out read));
        Assert.Equal(new ContainerMemorySample(1, new(1, null, 3)), read);
        Assert.False(ContainerMemorySample.TryRead(Recorded.Event(payload.AsSpan()[..23]), out _));
    }

    [Fact]
    public void The_memory_of_the_machine()
    {
        var payload = MachineMemorySample.Write(Machine);
        AssertBytes("010000000000000002000000000000000000000000000C40", payload);

        Assert.True(MachineMemorySample.TryRead(Recorded.Event(payload), out var read));
        Assert.Equal(new MachineMemorySample(1, Machine), read);
        Assert.True(MachineMemorySample.TryRead(Recorded.Event(payload.AsSpan()[..16]), out read));
        Assert.Equal(new MachineMemorySample(1, new(1, 2, null)), read);
        Assert.False(MachineMemorySample.TryRead(Recorded.Event(payload.AsSpan()[..15]), out _));
    }

    [Fact]
    public void The_end_of_survival_events()
    {
        var stop = new SurvivalStop(1, 1.5, "why");
        AssertBytes("000000000000F83F7700680079000000", stop.Write());

        Assert.Equal(stop, SurvivalStop.Read(Recorded.Event(stop.Write())));
    }

    [Fact]
    public void The_end()
    {
        var killed = new EndEvent(1, EndReason.OutOfMemory, null, 9, "") { IsTruncated = true };
        var exited = new EndEvent(1, EndReason.TargetExited, 3, null, "detail");
        AssertBytes("6F00750074004F0066004D0065006D006F00720079000000FFFFFFFF09000000000001000000", killed.Write());
        AssertBytes("74006100720067006500740045007800690074006500640000000300000000000000640065007400610069006C00000000000000", exited.Write());

        Assert.Equal(killed, EndEvent.Read(Recorded.Event(killed.Write())));
        Assert.Equal(exited, EndEvent.Read(Recorded.Event(exited.Write())));
        Assert.Equal(exited, EndEvent.Read(Recorded.Event(exited.Write().AsSpan()[..^sizeof(int)])));
    }

    [Fact]
    public void A_reason_that_is_not_known_is_kept_as_the_detail()
    {
        var payload = new PayloadWriter().Utf16("eclipse").Int32(-1).Int32(0).Utf16("").Written;

        Assert.Equal(new EndEvent(1, EndReason.Other, null, null, "eclipse"), EndEvent.Read(Recorded.Event(payload)));
    }

    private static void AssertBytes(string expected, byte[] actual) => Assert.Equal(expected, Convert.ToHexString(actual));
}
