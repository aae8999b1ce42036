using Memtrace.Profiles;
using Memtrace.Events;
using Memtrace.Recording;
using Memtrace.Recording.Buffering;
using Memtrace.Nettrace;
using Memtrace.Tests.Nettrace;
using Microsoft.Diagnostics.Tracing;
using RecordingEnd = Memtrace.Recording.RecordingEnd;

namespace Memtrace.Tests.Recording.Buffering;

/// <summary>What is saved of a stream whose every event is known: one of the target each 20 s and one reading of the machine between each two, ten minutes long.</summary>
public sealed class FlightRecorderTests : IDisposable
{
    private const long Start = SyntheticSession.Start;
    private const long Second = SyntheticSession.Frequency;
    private const int Events = 30;
    private const int NameId = 0x7C000001;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"flight-{Guid.NewGuid():N}.nettrace");

    public static TheoryData<int> Framings => [(int)NettraceFraming.Objects, (int)NettraceFraming.Blocks];

    public void Dispose() => File.Delete(_path);

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task A_stream_that_fits_is_saved_unchanged(int framing)
    {
        using var buffer = await RecordAsync((NettraceFraming)framing, new BufferLimit(TimeSpan.FromHours(1), 1_000_000));

        Save(buffer);

        var seen = Read(out var startedAt);
        Assert.Equal(Enumerable.Range(1, Events).Select(i => 20.0 * i), seen["Synthetic/7"]);
        Assert.Equal(Enumerable.Range(1, Events).Select(i => (20.0 * i) - 10), seen["Dotnet-Memtrace/4"]);
        Assert.Equal([0.0], seen["Dotnet-Memtrace/1"]);
        Assert.Equal([5.0], seen["Names/3"]);
        Assert.Single(seen["Dotnet-Memtrace/6"]);
        Assert.Equal(new DateTime(2026, 11, 20, 12, 30, 15, 250, DateTimeKind.Utc), startedAt);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task Of_a_longer_stream_the_last_minutes_are_saved_with_the_names_and_notes_of_all_of_it(int framing)
    {
        using var buffer = await RecordAsync((NettraceFraming)framing, new BufferLimit(TimeSpan.FromSeconds(100), 1_000_000));

        Save(buffer);

        // All blocks that end 100 s before the last event or later. Time begins where the last block that is gone ended: at 490 s.
        var seen = Read(out var startedAt);
        Assert.Equal([10.0, 30, 50, 70, 90, 110], seen["Synthetic/7"]);
        Assert.Equal([20.0, 40, 60, 80, 100], seen["Dotnet-Memtrace/4"]);
        Assert.Equal([0.0], seen["Dotnet-Memtrace/1"]);
        Assert.Equal([0.0], seen["Names/3"]);
        Assert.Equal(new DateTime(2026, 11, 20, 12, 38, 25, 250, DateTimeKind.Utc), startedAt);
        Assert.Equal(TimeSpan.FromSeconds(110), buffer.Kept.Length);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task A_size_limits_it_as_well(int framing)
    {
        const int Limit = 1000;
        using var buffer = await RecordAsync((NettraceFraming)framing, new BufferLimit(TimeSpan.FromHours(1), Limit));

        Save(buffer);

        Assert.InRange(buffer.Kept.Bytes, 1, Limit);
        var seen = Read(out _);
        Assert.InRange(seen["Synthetic/7"].Count, 2, Events - 2);
        Assert.Equal([0.0], seen["Names/3"]);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task It_can_be_saved_again_while_it_continues(int framing)
    {
        using var buffer = await RecordAsync((NettraceFraming)framing, BufferLimit.Default);
        Save(buffer);
        var first = await File.ReadAllBytesAsync(_path, TestContext.Current.CancellationToken);
        File.Delete(_path);

        Save(buffer);

        Assert.Equal(first, await File.ReadAllBytesAsync(_path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Names_that_keep_coming_do_not_displace_the_description_of_the_process()
    {
        using var buffer = await RecordAsync(NettraceFraming.Objects, new BufferLimit(TimeSpan.FromSeconds(100), 1_000_000), names: 40, nameSize: 1 << 20);

        Save(buffer);

        var seen = Read(out _);
        Assert.Equal([0.0], seen["Dotnet-Memtrace/1"]);
        Assert.InRange(seen["Names/3"].Count, 20, 32);
    }

    [Fact]
    public async Task An_existing_file_is_not_touched()
    {
        using var buffer = await RecordAsync(NettraceFraming.Objects, BufferLimit.Default);
        await File.WriteAllTextAsync(_path, "mine", TestContext.Current.CancellationToken);

        Assert.Throws<IOException>(() => Save(buffer));

        Assert.Equal("mine", await File.ReadAllTextAsync(_path, TestContext.Current.CancellationToken));
    }

    private void Save(FlightRecorder buffer) => buffer.Save(_path, rundown: null, new RecordingEnd(EndReason.Stopped));

    private static async Task<FlightRecorder> RecordAsync(NettraceFraming framing, BufferLimit limit, int names = 1, int nameSize = 0)
    {
        var session = new SyntheticSession(framing);
        for (var i = 1; i <= Events; i++)
            session.Events(1, Start + (20L * i * Second)).SequencePoint(Start + (20L * i * Second) + 1);
        var reader = new BlockReader(new MemoryStream(session.Complete()));
        await reader.ReadHeaderAsync(TestContext.Current.CancellationToken);
        var trace = await reader.ReadBlockAsync(TestContext.Current.CancellationToken);
        var buffer = new FlightRecorder(new StreamBeginning(framing, reader.Header.ToArray(), trace!.Value.Payload.ToArray()), limit);
        using var merger = new RecordingMerger(new BufferSink(buffer), framing, processId: 4711);
        merger.Declare(new NettraceBlock(BlockKind.Metadata, EventMetadata.Declare(framing, "Names", NameId, [new EventDescription(3, "Load")])));
        merger.Queue(RecorderEvent.Process, Start, new PayloadWriter().Int32(4711).Written.ToArray());
        for (var i = 0; i < names; i++)
            merger.Queue(new SymbolEvent(NameId, Thread: 2, Start + (5 * Second), new byte[nameSize]));
        for (var i = 1; i <= Events; i++)
            merger.Queue(RecorderEvent.MachineMemory, Start + (((20L * i) - 10) * Second), MachineMemorySample.Write(new(2, 1, null)));
        while (await reader.ReadBlockAsync(TestContext.Current.CancellationToken) is { } block)
            merger.AddData(block);
        return buffer;
    }

    /// <summary>The times of the events by their kind, in seconds, as TraceEvent reads them: in order, and without a loss.</summary>
    private Dictionary<string, List<double>> Read(out DateTime startedAt)
    {
        var times = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        var last = double.NegativeInfinity;
        using var source = new EventPipeEventSource(_path);
        source.Dynamic.All += e =>
        {
            var seconds = Math.Round(e.TimeStampRelativeMSec / 1000, 6);
            Assert.True(seconds >= last);
            last = seconds;
            var kind = $"{e.ProviderName}/{(int)e.ID}";
            if (!times.TryGetValue(kind, out var list))
                times[kind] = list = [];
            list.Add(seconds);
        };
        Assert.True(source.Process());
        Assert.Equal(0, source.EventsLost);
        startedAt = source.SessionStartTime.ToUniversalTime();
        return times;
    }

    private sealed class BufferSink(FlightRecorder buffer) : IBlockSink
    {
        public long Length => 0;

        public void Write(BlockKind kind, ReadOnlySpan<byte> payload) => buffer.Add(kind, payload);

        public void Sync()
        {
        }

        public void Dispose()
        {
        }
    }
}
