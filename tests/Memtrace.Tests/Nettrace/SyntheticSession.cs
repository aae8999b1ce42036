using Memtrace.Nettrace;

namespace Memtrace.Tests.Nettrace;

/// <summary>A session's stream as a runtime would send it, in either framing, made of events of one provider with one Int64 field.</summary>
internal sealed class SyntheticSession
{
    public const string Provider = "Synthetic";
    public const int Frequency = 1_000_000_000;
    public const long Start = 5_000_000_000;

    private readonly List<byte> _stream = [];
    private readonly Dictionary<ulong, uint> _sequenceNumbers = [];

    public SyntheticSession(NettraceFraming framing, int processId = 4711)
    {
        Framing = framing;
        _stream.AddRange(HeaderOf(framing));
        Add(BlockKind.Trace, TraceOf(framing, processId));
        if (framing == NettraceFraming.Blocks)
            Add(BlockKind.Thread, Threads(1, 2, 3));
        Add(BlockKind.Metadata, EventMetadata.Declare(framing, Provider, 1, [new EventDescription(7, "Number", ("Value", FieldType.Int64))]));
    }

    public NettraceFraming Framing { get; }

    public static byte[] HeaderOf(NettraceFraming framing) => framing == NettraceFraming.Blocks
        ? [.. "Nettrace"u8, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]
        : [.. "Nettrace"u8, 20, 0, 0, 0, .. "!FastSerialization.1"u8];

    public static byte[] TraceOf(NettraceFraming framing, int processId)
    {
        var trace = new PayloadWriter();
        foreach (var part in new[] { 2026, 11, 5, 20, 12, 30, 15, 250 })
            trace.UInt16(part);
        trace.Int64(Start).Int64(Frequency).Int32(8);
        if (framing == NettraceFraming.Objects)
            return trace.Int32(processId).Int32(2).Int32(0).Written.ToArray();
        return trace.Int32(2).Utf8("ProcessId").Utf8($"{processId}").Utf8("HardwareThreadCount").Utf8("2").Written.ToArray();
    }

    /// <summary>A block of events of one thread; the first is marked as sorted. The values are the times.</summary>
    public SyntheticSession Events(ulong thread, params long[] times) => Add(BlockKind.Event, EventsOf(thread, times));

    public byte[] EventsOf(ulong thread, params long[] times)
    {
        var block = new EventBlockWriter();
        foreach (var time in times)
        {
            var header = new EventHeader
            {
                MetadataId = 1,
                SequenceNumber = _sequenceNumbers[thread] = _sequenceNumbers.GetValueOrDefault(thread) + 1,
                CaptureThread = thread,
                Thread = thread,
                Timestamp = time,
                IsSorted = time == times[0],
            };
            block.Add(header, new PayloadWriter().Int64(time).Written);
        }

        return block.Complete();
    }

    /// <summary>Lets a thread lose events: their numbers are used up.</summary>
    public SyntheticSession Lose(ulong thread, uint count)
    {
        _sequenceNumbers[thread] = _sequenceNumbers.GetValueOrDefault(thread) + count;
        return this;
    }

    public SyntheticSession SequencePoint(long time)
    {
        var point = new PayloadWriter().Int64(time);
        if (Framing == NettraceFraming.Blocks)
            point.Int32(0);
        point.Int32(_sequenceNumbers.Count);
        foreach (var (thread, number) in _sequenceNumbers)
        {
            if (Framing == NettraceFraming.Blocks)
                point.VarUInt(thread).VarUInt(number);
            else
                point.Int64((long)thread).Int32((int)number);
        }

        return Add(BlockKind.SequencePoint, point.Written);
    }

    /// <summary>The stream up to here, with its end mark.</summary>
    public byte[] Complete()
    {
        var stream = Torn();
        return Framing == NettraceFraming.Blocks ? [.. stream, 0, 0, 0, 0] : [.. stream, 1];
    }

    /// <summary>The stream up to here, as a killed process leaves it.</summary>
    public byte[] Torn() => _stream.ToArray();

    /// <summary>An event that refers to a stack.</summary>
    public SyntheticSession EventWithStack(ulong thread, long time, uint stack)
    {
        var block = new EventBlockWriter();
        var number = _sequenceNumbers[thread] = _sequenceNumbers.GetValueOrDefault(thread) + 1;
        block.Add(
            new EventHeader { MetadataId = 1, SequenceNumber = number, CaptureThread = thread, Thread = thread, Timestamp = time, StackId = stack },
            new PayloadWriter().Int64(time).Written);
        return Add(BlockKind.Event, block.Complete());
    }

    /// <summary>A block of any kind.</summary>
    public SyntheticSession Add(BlockKind kind, ReadOnlySpan<byte> payload)
    {
        if (Framing == NettraceFraming.Blocks)
        {
            _stream.AddRange(new PayloadWriter().Int32((int)kind << 24 | payload.Length).Bytes(payload).Written);
            return this;
        }

        var (_, name, version) = ObjectNames.NameOf(kind);
        _stream.AddRange(new PayloadWriter().Byte(5).Byte(5).Byte(1).Int32(version).Int32(version).Int32(name.Length).Bytes(name).Byte(6).Written);
        if (kind != BlockKind.Trace)
        {
            _stream.AddRange(new PayloadWriter().Int32(payload.Length).Written);
            while (_stream.Count % 4 != 0)
                _stream.Add(0);
        }

        _stream.AddRange(payload);
        _stream.Add(6);
        return this;
    }

    private static ReadOnlySpan<byte> Threads(params ulong[] threads)
    {
        var rows = new PayloadWriter();
        foreach (var thread in threads)
        {
            var row = new PayloadWriter().VarUInt(thread).Byte(2).VarUInt(4711).Byte(3).VarUInt(thread + 100).Written;
            rows.UInt16(row.Length).Bytes(row);
        }

        return rows.Written;
    }
}
