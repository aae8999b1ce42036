using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.TestSupport.Recordings;

/// <summary>How a stream is written.</summary>
/// <param name="Name">The name of its file, without the extension.</param>
/// <param name="Format">The version of the format: 4, 5 or 6.</param>
/// <param name="Compressed">Whether event headers are compressed.</param>
/// <param name="PointerSize">4 or 8.</param>
internal sealed record StreamShape(string Name, int Format, bool Compressed = true, int PointerSize = 8)
{
    /// <summary>How its blocks are framed.</summary>
    public NettraceFraming Framing => Format == 6 ? NettraceFraming.Blocks : NettraceFraming.Objects;
}

/// <summary>Writes a small stream block by block, as a runtime and the recorder would.</summary>
internal sealed class NettraceWriter
{
    /// <summary>The session's beginning, in ticks.</summary>
    public const long Start = 5_000_000_000;

    /// <summary>Ticks per second.</summary>
    public const int Frequency = 1_000_000_000;

    private const int ProcessId = 4711;
    private const int SmallestPlainHeader = 20;

    private readonly StreamShape _shape;
    private readonly BlockFramer _framer;
    private readonly PayloadWriter _stream = new();
    private readonly Dictionary<EventKind, int> _ids = [];
    private readonly Dictionary<ulong, uint> _sequenceNumbers = [];
    private readonly List<(EventHeader Header, byte[] Payload)> _events = [];

    public NettraceWriter(StreamShape shape)
    {
        _shape = shape;
        _framer = new BlockFramer(shape.Framing);
        _stream.Bytes(shape.Framing == NettraceFraming.Blocks
            ? [.. "Nettrace"u8, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]
            : [.. "Nettrace"u8, 20, 0, 0, 0, .. "!FastSerialization.1"u8]);
        Block(BlockKind.Trace, Trace());
    }

    /// <summary>A pointer of the stream's process.</summary>
    public PayloadWriter Pointer(PayloadWriter payload, ulong value) => _shape.PointerSize == 8 ? payload.Int64((long)value) : payload.Int32((int)value);

    /// <summary>Declares kinds of events without describing their fields, as the runtime does.</summary>
    public void Declare(string provider, params (int Id, string Name, int Version)[] events) =>
        DeclareAll([.. events.Select(item => (new EventKind(provider, item.Id), item.Name, item.Version, Fields: Array.Empty<byte>(), Tags: Array.Empty<byte>()))]);

    /// <summary>Declares one kind of event with its fields in the encoding of the format, and, up to format 5, the tags behind them.</summary>
    public void Declare(EventKind kind, string name, byte[] fields, byte[] tags) => DeclareAll([(kind, name, 1, fields, tags)]);

    /// <summary>Declares the recorder's events.</summary>
    public void DeclareRecorder()
    {
        foreach (var description in RecorderEvents.Descriptions)
            _ids[new EventKind(Providers.Recorder, description.EventId)] = RecorderEvents.MetadataId((RecorderEvent)description.EventId);
        Block(BlockKind.Metadata, RecorderEvents.Declare(_shape.Framing));
    }

    /// <summary>An event of the next block.</summary>
    public void Event(EventKind kind, double seconds, ulong thread, byte[] payload, uint stack = 0, ulong? captureThread = null)
    {
        var header = new EventHeader
        {
            MetadataId = _ids[kind],
            SequenceNumber = Next(captureThread ?? thread),
            CaptureThread = captureThread ?? thread,
            Thread = thread,
            StackId = stack,
            Timestamp = Start + (long)Math.Round(seconds * Frequency),
            IsSorted = _events.Count == 0 || _events[^1].Header.CaptureThread != (captureThread ?? thread),
            Processor = (uint)(thread % 4),
        };
        _events.Add((header, payload));
    }

    /// <summary>Writes the block of the events so far.</summary>
    public void EndBlock()
    {
        if (_events.Count == 0)
            return;
        if (_shape.Compressed)
        {
            var block = new EventBlockWriter();
            foreach (var (header, payload) in _events)
                block.Add(header, payload);
            Block(BlockKind.Event, block.Complete());
        }
        else
        {
            Block(BlockKind.Event, Plain(_events));
        }

        _events.Clear();
    }

    /// <summary>Stacks, numbered from an id on.</summary>
    public void Stacks(int firstId, params ulong[][] stacks)
    {
        var block = new PayloadWriter().Int32(firstId).Int32(stacks.Length);
        foreach (var stack in stacks)
        {
            block.Int32(stack.Length * _shape.PointerSize);
            foreach (var address in stack)
                Pointer(block, address);
        }

        Block(BlockKind.Stack, block.Written);
    }

    /// <summary>A sequence point with the threads so far, and in format 6 with flags.</summary>
    public void SequencePoint(double seconds, int flags = 0)
    {
        var point = new PayloadWriter().Int64(Start + (long)Math.Round(seconds * Frequency));
        if (_shape.Framing == NettraceFraming.Blocks)
            point.Int32(flags);
        point.Int32(_sequenceNumbers.Count);
        foreach (var (thread, number) in _sequenceNumbers)
        {
            if (_shape.Framing == NettraceFraming.Blocks)
                point.VarUInt(thread).VarUInt(number);
            else
                point.Int64((long)thread).Int32((int)number);
        }

        Block(BlockKind.SequencePoint, point.Written);
    }

    /// <summary>Format 6: declares a thread.</summary>
    public void Thread(ulong index, string name) => Block(BlockKind.Thread, ThreadDeclarations.Declare(index, ProcessId, name));

    /// <summary>Format 6: a thread is over.</summary>
    public void RemoveThread(ulong index)
    {
        Block(BlockKind.RemoveThread, new PayloadWriter().VarUInt(index).VarUInt(_sequenceNumbers.GetValueOrDefault(index)).Written);
        _sequenceNumbers.Remove(index);
    }

    /// <summary>Format 6: a list of labels, with an activity id and a key with its value.</summary>
    public void Labels()
    {
        const byte ActivityId = 1, KeyValue = 4 | 0x80;
        Block(BlockKind.LabelList, new PayloadWriter().Int32(1).Int32(1).Byte(ActivityId).Bytes(new byte[16]).Byte(KeyValue).Utf8("key").Utf8("value").Written);
    }

    /// <summary>The stream with its end mark.</summary>
    public byte[] Complete()
    {
        EndBlock();
        _framer.WriteEndMark(_stream);
        var stream = _stream.Written.ToArray();
        if (_shape.Format == 5)
            MarkAsFormat5(stream);
        return stream;
    }

    // The version of the first object is that of the format.
    private static void MarkAsFormat5(byte[] stream)
    {
        const int FirstObject = 32, Version = FirstObject + 3, MinimumReader = Version + 4;
        (stream[Version], stream[MinimumReader]) = (5, 5);
    }

    private uint Next(ulong thread) => _sequenceNumbers[thread] = _sequenceNumbers.GetValueOrDefault(thread) + 1;

    private ReadOnlySpan<byte> Trace()
    {
        var trace = new PayloadWriter();
        foreach (var part in new[] { 2026, 11, 5, 20, 12, 30, 15, 250 })
            trace.UInt16(part);
        trace.Int64(Start).Int64(Frequency).Int32(_shape.PointerSize);
        return _shape.Framing == NettraceFraming.Objects
            ? trace.Int32(ProcessId).Int32(2).Int32(0).Written
            : trace.Int32(2).Utf8("ProcessId").Utf8($"{ProcessId}").Utf8("HardwareThreadCount").Utf8("2").Written;
    }

    private void DeclareAll(IReadOnlyList<(EventKind Kind, string Name, int Version, byte[] Fields, byte[] Tags)> events)
    {
        var rows = new PayloadWriter().UInt16(0);
        var declarations = new EventBlockWriter();
        var plain = new List<(EventHeader, byte[])>();
        foreach (var (kind, name, version, fields, tags) in events)
        {
            var id = _ids[kind] = _ids.Count + 1;
            var row = _shape.Framing == NettraceFraming.Blocks
                ? Row(id, kind, name, version, fields)
                : new PayloadWriter().Int32(id).Utf16(kind.Provider).Int32(kind.EventId).Utf16(name).Int64(1).Int32(version).Int32(4)
                    .Bytes(fields.Length == 0 ? [0, 0, 0, 0] : fields).Bytes(tags);
            rows.UInt16(row.Written.Length).Bytes(row.Written);
            declarations.Add(default, row.Written);
            plain.Add((default, row.Written.ToArray()));
        }

        if (_shape.Framing == NettraceFraming.Blocks)
            Block(BlockKind.Metadata, rows.Written);
        else
            Block(BlockKind.Metadata, _shape.Compressed ? declarations.Complete() : Plain(plain));
    }

    private static PayloadWriter Row(int id, EventKind kind, string name, int version, byte[] fields)
    {
        const byte Keywords = 3, Level = 8, Version = 9;
        byte[] optional = new PayloadWriter().Byte(Level).Byte(4).Byte(Keywords).Int64(1).Byte(Version).Byte((byte)version).Written.ToArray();
        return new PayloadWriter()
            .VarUInt((uint)id).Utf8(kind.Provider).VarUInt((uint)kind.EventId).Utf8(name)
            .Bytes(fields.Length == 0 ? [0, 0] : fields).UInt16(optional.Length).Bytes(optional);
    }

    private byte[] Plain(IReadOnlyList<(EventHeader Header, byte[] Payload)> events)
    {
        const uint SortedBit = 0x8000_0000;
        const int ActivityIds = 32, LabelList = 4;
        var rows = new PayloadWriter();
        foreach (var (header, payload) in events)
        {
            var row = new PayloadWriter()
                .Int32((int)((uint)header.MetadataId | (header.IsSorted ? SortedBit : 0)))
                .Int32((int)header.SequenceNumber)
                .Int64((long)header.Thread)
                .Int64((long)header.CaptureThread)
                .Int32((int)header.Processor)
                .Int32((int)header.StackId)
                .Int64(header.Timestamp)
                .Bytes(new byte[_shape.Framing == NettraceFraming.Blocks ? LabelList : ActivityIds])
                .Int32(payload.Length)
                .Bytes(payload);
            rows.Int32(row.Written.Length).Bytes(row.Written);
            for (var padding = -rows.Written.Length & 3; padding > 0 && _shape.Framing == NettraceFraming.Objects; padding--)
                rows.Byte(0);
        }

        return new PayloadWriter()
            .UInt16(SmallestPlainHeader).UInt16(0).Int64(events.Min(item => item.Header.Timestamp)).Int64(events.Max(item => item.Header.Timestamp))
            .Bytes(rows.Written).Written.ToArray();
    }

    private void Block(BlockKind kind, ReadOnlySpan<byte> payload) => _framer.Write(_stream, position: 0, kind, payload);
}
