using Memtrace.Profiles;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

using Memtrace.Events;

namespace Memtrace.Reading;

/// <summary>The GC events of the runtime's provider. Layouts: ClrEtwAll.man of dotnet/runtime.</summary>
internal sealed class CollectionDecoder(RecordingVisitor visitor)
{
    private readonly EventStack _stack = new();

    /// <summary>Registers the events.</summary>
    public void Register(EventRegistry registry)
    {
        var runtime = registry.Provider(ClrTraceEventParser.ProviderGuid, ClrTraceEventParser.ProviderName);
        runtime.On(1, Start);
        runtime.On(2, End);
        runtime.On(3, data => visitor.Resumed(data.Seconds));
        runtime.On(4, Statistics);
        runtime.On(7, data => visitor.Resuming(data.Seconds));
        runtime.On(9, Suspend);
        runtime.On(13, FinalizersEnd);
        runtime.On(35, Triggered);
        runtime.On(39, Dynamic);
        runtime.On(204, HeapHistory);
        runtime.On(205, History);
        registry.Provider(ClrRundownTraceEventParser.ProviderGuid, ClrRundownTraceEventParser.ProviderName).On(10, Settings);
    }

    private void Start(RawEvent data)
    {
        var payload = data.Payload;
        visitor.Visit(new CollectionStart(
            data.Seconds, payload.ReadInt32(), payload.ReadInt32(), payload.ReadInt32(), (CollectionKind)payload.ReadInt32(), data.ThreadID));
    }

    private void End(RawEvent data)
    {
        var payload = data.Payload;
        visitor.Visit(new CollectionEnd(data.Seconds, payload.ReadInt32(), payload.ReadInt32()));
    }

    private void Suspend(RawEvent data)
    {
        var payload = data.Payload;
        visitor.Visit(new SuspensionBegin(data.Seconds, (SuspensionReason)payload.ReadInt32()));
    }

    /// <summary>
    /// Size and promoted bytes of generations 0 to 3, bytes and number of what waits for finalizers, pinned objects, sink blocks, handles; version 1: the
    /// instance; version 2: generation 4.
    /// </summary>
    private void Statistics(RawEvent data)
    {
        var payload = data.Payload;
        Span<long> sizes = stackalloc long[5];
        long promoted = 0;
        for (var generation = 0; generation <= 3; generation++)
        {
            sizes[generation] = payload.ReadInt64();
            promoted += payload.ReadInt64();
        }

        if (payload.Overrun)
            return;
        payload.ReadInt64();
        var (survivors, pinned) = (payload.ReadInt64(), payload.ReadInt32());
        payload.ReadInt32();
        var handles = payload.ReadInt32();
        payload.ReadUInt16();
        sizes[4] = payload.ReadInt64();
        promoted += payload.ReadInt64();
        var bytes = Generations(sizes);
        visitor.Visit(new HeapStatistics(data.Seconds, bytes.Total, promoted)
        {
            Generations = bytes,
            FinalizationSurvivors = survivors,
            PinnedObjects = pinned,
            Handles = handles,
        });
    }

    private static GenerationBytes Generations(ReadOnlySpan<long> bytes) => new(bytes[0], bytes[1], bytes[2], bytes[3], bytes[4]);

    /// <summary>A name, the data's size, the data: version, in use, to be decommitted, free on heaps, free elsewhere, bookkeeping.</summary>
    private void Dynamic(RawEvent data)
    {
        var payload = data.Payload;
        if (!payload.ReadString().SequenceEqual("CommittedUsage"))
            return;
        payload.ReadInt32();
        payload.ReadUInt16();
        var heap = payload.ReadInt64() + payload.ReadInt64() + payload.ReadInt64() + payload.ReadInt64();
        var bookkeeping = payload.ReadInt64();
        if (!payload.Overrun)
            visitor.Visit(new CommittedUsage(data.Seconds, heap, bookkeeping));
    }

    /// <summary>
    /// Generation 0's next budget, heaps, generation, reductions of it, reason, mechanisms, the instance; version 2: the pause mode, the memory load.
    /// </summary>
    private void History(RawEvent data)
    {
        const int BetweenHeapsAndLoad = (4 * sizeof(int)) + sizeof(ushort) + sizeof(int);
        var payload = data.Payload;
        payload.ReadInt64();
        var history = new CollectorHistory(data.Seconds, payload.ReadInt32());
        payload.ReadBytes(BetweenHeapsAndLoad);
        var load = payload.ReadInt32();
        visitor.Visit(payload.Overrun ? history : history with { MemoryLoad = load });
    }

    private void Triggered(RawEvent data)
    {
        var payload = data.Payload;
        visitor.Visit(new CollectionTrigger { Seconds = data.Seconds, Reason = payload.ReadInt32(), Stack = _stack.Of(data) });
    }

    private void FinalizersEnd(RawEvent data)
    {
        var payload = data.Payload;
        visitor.Visit(new FinalizersEnd(data.Seconds, payload.ReadUInt32()));
    }

    /// <summary>
    /// Version 3: the instance, six pointer-sized counters, six numbers, a counter, how many generations, and of each ten counters: its size, its free lists
    /// and its other gaps before the collection, the same after it, and four more.
    /// </summary>
    private void HeapHistory(RawEvent data)
    {
        const int FirstVersion = 3, LeadingCounters = 6, Numbers = 6, FurtherCounters = 4;
        if (data.Version < FirstVersion)
            return;
        var payload = data.Payload;
        payload.ReadBytes(sizeof(ushort) + (LeadingCounters * data.PointerSize) + (Numbers * sizeof(int)) + data.PointerSize);
        var count = Math.Min(payload.ReadInt32(), 5);
        Span<long> sizeBefore = stackalloc long[5], freeBefore = stackalloc long[5], size = stackalloc long[5], free = stackalloc long[5];
        for (var generation = 0; generation < count; generation++)
        {
            sizeBefore[generation] = (long)payload.ReadPointer();
            freeBefore[generation] = (long)(payload.ReadPointer() + payload.ReadPointer());
            size[generation] = (long)payload.ReadPointer();
            free[generation] = (long)(payload.ReadPointer() + payload.ReadPointer());
            payload.ReadBytes(FurtherCounters * data.PointerSize);
        }

        if (payload.Overrun)
            return;
        visitor.Visit(new HeapHistory(data.Seconds, Generations(free))
        {
            Size = Generations(size),
            SizeBefore = Generations(sizeBefore),
            FreeBefore = Generations(freeBefore),
        });
    }

    /// <summary>The hard limit, the threshold of large objects, the memory and both budgets as configured, the high memory load in percent, flags.</summary>
    private void Settings(RawEvent data)
    {
        const int BothBudgets = 2 * sizeof(long), HardLimitConfigured = 0x8;
        var payload = data.Payload;
        var (limit, threshold) = (payload.ReadInt64(), payload.ReadInt64());
        var memory = payload.ReadInt64();
        payload.ReadBytes(BothBudgets);
        var (load, flags) = (payload.ReadInt32(), payload.ReadInt32());
        if (!payload.Overrun)
            visitor.Visit(new CollectorSettings(limit, threshold, (flags & HardLimitConfigured) != 0) { PhysicalMemory = memory, HighMemoryLoad = load });
    }
}
