using Memtrace.Events;
using Memtrace.Nettrace;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Tests.Events;

namespace Memtrace.Tests.Reading;

public sealed class EventDispatcherTests
{
    private readonly Seen _seen = new();
    private readonly EventDispatcher _dispatcher;

    public EventDispatcherTests() => _dispatcher = new EventDispatcher(_seen);

    [Theory]
    [InlineData(Providers.Runtime, 1, nameof(CollectionStart))]
    [InlineData(Providers.Runtime, 2, nameof(CollectionEnd))]
    [InlineData(Providers.Runtime, 3, nameof(RecordingVisitor.Resumed))]
    [InlineData(Providers.Runtime, 4, nameof(HeapStatistics))]
    [InlineData(Providers.Runtime, 7, nameof(RecordingVisitor.Resuming))]
    [InlineData(Providers.Runtime, 9, nameof(SuspensionBegin))]
    [InlineData(Providers.Runtime, 10, nameof(AllocationEvent))]
    [InlineData(Providers.Runtime, 13, nameof(FinalizersEnd))]
    [InlineData(Providers.Runtime, 21, nameof(SurvivingRanges))]
    [InlineData(Providers.Runtime, 22, nameof(MovedRanges))]
    [InlineData(Providers.Runtime, 23, nameof(GenerationRange))]
    [InlineData(Providers.Runtime, 35, nameof(CollectionTrigger))]
    [InlineData(Providers.Runtime, 143, nameof(RecordingVisitor.Loaded))]
    [InlineData(Providers.Runtime, 144, nameof(RecordingVisitor.Unloaded))]
    [InlineData(Providers.Runtime, 152, nameof(ModuleCode))]
    [InlineData(Providers.Runtime, 159, nameof(PrecompiledEntry))]
    [InlineData(Providers.Runtime, 187, nameof(RuntimeFacts))]
    [InlineData(Providers.Runtime, 190, nameof(MethodMap))]
    [InlineData(Providers.Runtime, 202, nameof(MarkedRoots))]
    [InlineData(Providers.Runtime, 204, nameof(HeapHistory))]
    [InlineData(Providers.Runtime, 205, nameof(CollectorHistory))]
    [InlineData(Providers.Rundown, 10, nameof(CollectorSettings))]
    [InlineData(Providers.Rundown, 143, nameof(RecordingVisitor.Loaded))]
    [InlineData(Providers.Rundown, 144, nameof(RecordingVisitor.Loaded))]
    [InlineData(Providers.Rundown, 149, nameof(MethodMap))]
    [InlineData(Providers.Rundown, 150, nameof(MethodMap))]
    [InlineData(Providers.Rundown, 153, nameof(ModuleCode))]
    [InlineData(Providers.Rundown, 154, nameof(ModuleCode))]
    [InlineData(Providers.Rundown, 187, nameof(RuntimeFacts))]
    [InlineData(Providers.EventPipe, 1, nameof(ProcessFacts))]
    [InlineData(Providers.Recorder, 1, nameof(RecordedProcess))]
    [InlineData(Providers.Recorder, 2, nameof(ProcessMemorySample))]
    [InlineData(Providers.Recorder, 3, nameof(ContainerMemorySample))]
    [InlineData(Providers.Recorder, 4, nameof(MachineMemorySample))]
    [InlineData(Providers.Recorder, 5, nameof(SurvivalStop))]
    [InlineData(Providers.Recorder, 6, nameof(EndEvent))]
    [InlineData(Providers.Recorder, 7, nameof(MemoryBreakdown))]
    [InlineData(Providers.Recorder, 8, nameof(BreakdownDrop))]
    public void An_event_is_shown_to_the_visitor(string provider, int eventId, string expected)
    {
        // Zeros are fields that make sense in all of these events.
        Show(provider, eventId, new byte[512]);

        Assert.Equal([expected], _seen.Names);
    }

    [Fact]
    public void A_sampled_allocation_and_committed_memory_are_shown_too()
    {
        Show(Providers.Runtime, 303, new PayloadWriter().Int32(0).UInt16(9).Int64(0x10).Utf16("T").Int64(0x20).Int64(48).Int64(0).Written);
        Show(Providers.Runtime, 39, new PayloadWriter().Utf16("CommittedUsage").Bytes(new byte[60]).Written);

        Assert.Equal([nameof(AllocationEvent), nameof(CommittedUsage)], _seen.Names);
    }

    [Fact]
    public void An_event_that_cannot_be_read_is_not_shown()
    {
        Show(Providers.Runtime, 303, []);
        Show(Providers.Runtime, 4, []);
        Show(Providers.Recorder, 7, []);

        Assert.Empty(_seen.Names);
    }

    [Fact]
    public void Other_events_have_no_receiver()
    {
        Assert.Null(_dispatcher.Find(new EventKind(Providers.Runtime, 80)));
        Assert.Null(_dispatcher.Find(new EventKind(Providers.Rundown, 1)));
        Assert.Null(_dispatcher.Find(new EventKind(Providers.Recorder, 9)));
        Assert.Null(_dispatcher.Find(new EventKind("Microsoft-Windows-DotNETRuntimePrivate", 1)));
    }

    private void Show(string provider, int eventId, ReadOnlySpan<byte> payload) =>
        _dispatcher.Find(new EventKind(provider, eventId))!(Recorded.Event(payload, version: 3));

    private sealed class Seen : RecordingVisitor
    {
        public List<string> Names { get; } = [];

        public override void Begin(in RecordingHeader header) => Names.Add(nameof(Begin));

        public override void Happened(double seconds) => Names.Add(nameof(Happened));

        public override void Rundown(double seconds) => Names.Add(nameof(Rundown));

        public override void Lost() => Names.Add(nameof(Lost));

        public override void Resuming(double seconds) => Names.Add(nameof(Resuming));

        public override void Resumed(double seconds) => Names.Add(nameof(Resumed));

        public override void Loaded(in MethodCode method) => Names.Add(nameof(Loaded));

        public override void Unloaded(in MethodCode method) => Names.Add(nameof(Unloaded));

        public override void Visit(in AllocationEvent allocation) => Names.Add(nameof(AllocationEvent));

        public override void Visit(in CollectionStart start) => Names.Add(nameof(CollectionStart));

        public override void Visit(in CollectionEnd end) => Names.Add(nameof(CollectionEnd));

        public override void Visit(in HeapStatistics statistics) => Names.Add(nameof(HeapStatistics));

        public override void Visit(in CommittedUsage usage) => Names.Add(nameof(CommittedUsage));

        public override void Visit(in CollectorHistory history) => Names.Add(nameof(CollectorHistory));

        public override void Visit(in HeapHistory history) => Names.Add(nameof(HeapHistory));

        public override void Visit(in FinalizersEnd end) => Names.Add(nameof(FinalizersEnd));

        public override void Visit(in CollectionTrigger trigger) => Names.Add(nameof(CollectionTrigger));

        public override void Visit(in CollectorSettings settings) => Names.Add(nameof(CollectorSettings));

        public override void Visit(in SuspensionBegin suspension) => Names.Add(nameof(SuspensionBegin));

        public override void Visit(in SurvivingRanges survivors) => Names.Add(nameof(SurvivingRanges));

        public override void Visit(in MovedRanges moves) => Names.Add(nameof(MovedRanges));

        public override void Visit(in GenerationRange range) => Names.Add(nameof(GenerationRange));

        public override void Visit(in MarkedRoots roots) => Names.Add(nameof(MarkedRoots));

        public override void Visit(in MethodMap map) => Names.Add(nameof(MethodMap));

        public override void Visit(in PrecompiledEntry entry) => Names.Add(nameof(PrecompiledEntry));

        public override void Visit(in ModuleCode module) => Names.Add(nameof(ModuleCode));

        public override void Visit(in RuntimeFacts runtime) => Names.Add(nameof(RuntimeFacts));

        public override void Visit(in ProcessFacts process) => Names.Add(nameof(ProcessFacts));

        public override void Visit(in RecordedProcess process) => Names.Add(nameof(RecordedProcess));

        public override void Visit(in ProcessMemorySample sample) => Names.Add(nameof(ProcessMemorySample));

        public override void Visit(in ContainerMemorySample sample) => Names.Add(nameof(ContainerMemorySample));

        public override void Visit(in BreakdownDrop drop) => Names.Add(nameof(BreakdownDrop));

        public override void Visit(in MachineMemorySample sample) => Names.Add(nameof(MachineMemorySample));

        public override void Visit(MemoryBreakdown breakdown) => Names.Add(nameof(MemoryBreakdown));

        public override void Visit(in SurvivalStop stop) => Names.Add(nameof(SurvivalStop));

        public override void Visit(in EndEvent end) => Names.Add(nameof(EndEvent));
    }
}
