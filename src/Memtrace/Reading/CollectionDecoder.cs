using Microsoft.Diagnostics.Tracing.Parsers;

namespace Memtrace.Reading;

/// <summary>The GC events of the runtime's provider. Layouts: ClrEtwAll.man of dotnet/runtime.</summary>
internal sealed class CollectionDecoder(RecordingVisitor visitor)
{
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
        runtime.On(39, Dynamic);
        runtime.On(205, History);
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

    /// <summary>Version 2: size and promoted bytes of generations 0 to 3, six more figures and the instance, then generation 4.</summary>
    private void Statistics(RawEvent data)
    {
        const int BetweenTheGenerations = 8 + 8 + 4 + 4 + 4 + 2;
        var payload = data.Payload;
        Span<long> sizes = stackalloc long[5];
        var promoted = 0L;
        for (var generation = 0; generation <= 3; generation++)
        {
            sizes[generation] = payload.ReadInt64();
            promoted += payload.ReadInt64();
        }

        if (payload.Overrun)
            return;
        payload.ReadBytes(BetweenTheGenerations);
        sizes[4] = payload.ReadInt64();
        var generations = new GenerationSizes(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]);
        visitor.Visit(new HeapStatistics(data.Seconds, generations.Sum, promoted + payload.ReadInt64()) { Generations = generations });
    }

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

    private void History(RawEvent data)
    {
        var payload = data.Payload;
        payload.ReadInt64();
        visitor.Visit(new CollectorHistory(data.Seconds, payload.ReadInt32()));
    }
}
