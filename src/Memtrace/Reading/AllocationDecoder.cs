using Microsoft.Diagnostics.Tracing.Parsers;

using Memtrace.Events;

namespace Memtrace.Reading;

/// <summary>The allocation samples of the runtime's provider. Layouts: ClrEtwAll.man of dotnet/runtime.</summary>
internal sealed class AllocationDecoder(RecordingVisitor visitor)
{
    private readonly EventStack _stack = new();

    /// <summary>Registers the events.</summary>
    public void Register(EventRegistry registry)
    {
        var runtime = registry.Provider(ClrTraceEventParser.ProviderGuid, ClrTraceEventParser.ProviderName);
        runtime.On(10, Tick);
        runtime.On(303, Sampled);
    }

    /// <summary>Version 2 brought the amount in 64 bits and the type, 3 the address, 4 the object's size.</summary>
    private void Tick(RawEvent data)
    {
        var payload = data.Payload;
        long amount = payload.ReadUInt32();
        var kind = (AllocationKind)payload.ReadInt32();
        payload.ReadUInt16();
        if (payload.Remaining > 0)
            amount = payload.ReadInt64();
        payload.ReadPointer();
        var typeName = payload.ReadString();
        payload.ReadInt32();
        visitor.Visit(new AllocationEvent
        {
            Seconds = data.Seconds,
            ThreadId = data.ThreadID,
            Randomized = false,
            Kind = kind,
            TypeName = typeName,
            TickAmount = amount,
            Address = payload.ReadPointer(),
            ObjectSize = payload.ReadInt64(),
            Stack = _stack.Of(data),
        });
    }

    private void Sampled(RawEvent data)
    {
        var payload = data.Payload;
        var kind = (AllocationKind)payload.ReadInt32();
        payload.ReadUInt16();
        payload.ReadPointer();
        var typeName = payload.ReadString();
        var address = payload.ReadPointer();
        var size = payload.ReadInt64();
        if (payload.Overrun || size <= 0)
            return;
        visitor.Visit(new AllocationEvent
        {
            Seconds = data.Seconds,
            ThreadId = data.ThreadID,
            Randomized = true,
            Kind = kind,
            TypeName = typeName,
            TickAmount = 0,
            Address = address,
            ObjectSize = size,
            Stack = _stack.Of(data),
        });
    }
}
