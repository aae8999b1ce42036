using System.Runtime.InteropServices;
using Microsoft.Diagnostics.Tracing.Parsers;

using Memtrace.Events;

namespace Memtrace.Reading;

/// <summary>What the collector says about what survives, where it goes and which generation it is in. Layouts: ClrEtwAll.man of dotnet/runtime.</summary>
internal sealed class SurvivalDecoder(RecordingVisitor visitor, EventFraming framing)
{
    private SurvivingRange[] _surviving = [];
    private MovedRange[] _moved = [];

    /// <summary>Registers the events.</summary>
    public void Register(EventRegistry registry)
    {
        var runtime = registry.Provider(ClrTraceEventParser.ProviderGuid, ClrTraceEventParser.ProviderName);
        runtime.On(21, Surviving);
        runtime.On(22, Moved);
        runtime.On(23, Generation);
        runtime.On(202, data => visitor.Visit(new MarkedRoots(data.Seconds, data.ThreadID)));
    }

    /// <summary>An index of the event, a count of 32 bits, the runtime's instance, so many pairs of a pointer and a length of 64 bits.</summary>
    private void Surviving(RawEvent data)
    {
        var payload = Ranges(data, data.PointerSize + sizeof(ulong), out var count, out var complete);
        visitor.Visit(new SurvivingRanges { Seconds = data.Seconds, Ranges = SurvivingIn(payload, count, data.PointerSize), Incomplete = !complete });
    }

    /// <summary>As <see cref="Surviving"/>, with a second pointer.</summary>
    private void Moved(RawEvent data)
    {
        var payload = Ranges(data, (2 * data.PointerSize) + sizeof(ulong), out var count, out var complete);
        visitor.Visit(new MovedRanges { Seconds = data.Seconds, Ranges = MovedIn(payload, count, data.PointerSize), Incomplete = !complete });
    }

    private void Generation(RawEvent data)
    {
        var payload = data.Payload;
        var range = new GenerationRange(
            data.Seconds, data.ThreadID, payload.ReadByte(), payload.ReadPointer(), payload.ReadUInt64(), payload.ReadUInt64());
        if (!payload.Overrun)
            visitor.Visit(range);
    }

    /// <summary>
    /// The payload from the first range on, and how many are there. An event can exceed 64 KB, which is more than TraceEvent's own length can
    /// say; what is beyond that is read only where the framing's length and the event's count are one and the same.
    /// </summary>
    private Payload Ranges(RawEvent data, int rangeSize, out int count, out bool complete)
    {
        var size = framing.PayloadSize(data.EventDataLength);
        var payload = data.PayloadOf(size);
        var said = Count(ref payload);
        if (size > ushort.MaxValue && payload.Remaining != said * (long)rangeSize)
        {
            payload = data.Payload;
            Count(ref payload);
        }

        count = (int)Math.Min(said, payload.Remaining / rangeSize);
        complete = count == said;
        return payload;
    }

    private static uint Count(ref Payload payload)
    {
        payload.ReadUInt32();
        var count = payload.ReadUInt32();
        payload.ReadUInt16();
        return count;
    }

    private ReadOnlySpan<SurvivingRange> SurvivingIn(Payload payload, int count, int pointerSize)
    {
        if (pointerSize == sizeof(ulong))
            return MemoryMarshal.Cast<byte, SurvivingRange>(payload.ReadBytes(payload.Remaining))[..count];
        if (_surviving.Length < count)
            _surviving = new SurvivingRange[count * 2];
        for (var i = 0; i < count; i++)
            _surviving[i] = new SurvivingRange(payload.ReadPointer(), payload.ReadUInt64());
        return _surviving.AsSpan(0, count);
    }

    private ReadOnlySpan<MovedRange> MovedIn(Payload payload, int count, int pointerSize)
    {
        if (pointerSize == sizeof(ulong))
            return MemoryMarshal.Cast<byte, MovedRange>(payload.ReadBytes(payload.Remaining))[..count];
        if (_moved.Length < count)
            _moved = new MovedRange[count * 2];
        for (var i = 0; i < count; i++)
            _moved[i] = new MovedRange(payload.ReadPointer(), payload.ReadPointer(), payload.ReadUInt64());
        return _moved.AsSpan(0, count);
    }
}
