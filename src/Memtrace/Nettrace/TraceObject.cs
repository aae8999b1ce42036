using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Memtrace.Nettrace;

/// <summary>What the first block of a stream says of the stream as a whole.</summary>
/// <param name="StartedAt">When the session began, UTC.</param>
/// <param name="StartTimestamp">The same moment in ticks of the events' clock.</param>
/// <param name="TicksPerSecond">The clock's frequency.</param>
/// <param name="PointerSize">4 or 8.</param>
/// <param name="ProcessId">The process, as it sees itself; 0 where the stream does not say.</param>
/// <param name="ProcessorCount">Logical processors; 0 where the stream does not say.</param>
internal sealed record TraceObject(
    DateTimeOffset StartedAt,
    long StartTimestamp,
    long TicksPerSecond,
    int PointerSize,
    int ProcessId,
    int ProcessorCount)
{
    /// <summary>The size of the block in formats 4 and 5, which alone among their blocks has no length in front (NetTraceFormat_v5.md).</summary>
    public const int Size = 48;

    /// <summary>Reads the block.</summary>
    /// <param name="framing">The stream's framing.</param>
    /// <param name="payload">The block's payload.</param>
    public static TraceObject Parse(NettraceFraming framing, ReadOnlySpan<byte> payload)
    {
        var startedAt = ParseSystemTime(payload);
        var startTimestamp = BinaryPrimitives.ReadInt64LittleEndian(payload[16..]);
        var frequency = BinaryPrimitives.ReadInt64LittleEndian(payload[24..]);
        var pointerSize = BinaryPrimitives.ReadInt32LittleEndian(payload[32..]);
        var (processId, processors) = framing == NettraceFraming.Objects
            ? (BinaryPrimitives.ReadInt32LittleEndian(payload[36..]), BinaryPrimitives.ReadInt32LittleEndian(payload[40..]))
            : ParseKeyValues(payload[36..]);
        return new TraceObject(startedAt, startTimestamp, frequency, pointerSize, processId, processors);
    }

    /// <summary>The payload of the same block for a stream that begins later.</summary>
    /// <param name="framing">The stream's framing.</param>
    /// <param name="payload">The block's payload.</param>
    /// <param name="timestamp">When it begins, in ticks.</param>
    public static byte[] WithStart(NettraceFraming framing, ReadOnlySpan<byte> payload, long timestamp)
    {
        var trace = Parse(framing, payload);
        var startedAt = trace.StartedAt.AddSeconds((double)(timestamp - trace.StartTimestamp) / trace.TicksPerSecond);
        var later = payload.ToArray();
        ReadOnlySpan<int> parts =
        [
            startedAt.Year, startedAt.Month, (int)startedAt.DayOfWeek, startedAt.Day, startedAt.Hour, startedAt.Minute, startedAt.Second, startedAt.Millisecond,
        ];
        for (var i = 0; i < parts.Length; i++)
            BinaryPrimitives.WriteInt16LittleEndian(later.AsSpan(2 * i), (short)parts[i]);
        BinaryPrimitives.WriteInt64LittleEndian(later.AsSpan(16), timestamp);
        return later;
    }

    // The Windows SYSTEMTIME: year, month, day of week, day, hour, minute, second, millisecond, each of 16 bits.
    private static DateTimeOffset ParseSystemTime(ReadOnlySpan<byte> payload)
    {
        Span<short> parts = stackalloc short[8];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = BinaryPrimitives.ReadInt16LittleEndian(payload[(2 * i)..]);
        return new DateTimeOffset(parts[0], parts[1], parts[3], parts[4], parts[5], parts[6], parts[7], TimeSpan.Zero);
    }

    private static (int ProcessId, int Processors) ParseKeyValues(ReadOnlySpan<byte> payload)
    {
        var (processId, processors) = (0, 0);
        var reader = new SpanCursor(payload);
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            var key = Encoding.UTF8.GetString(reader.ReadLengthPrefixed());
            var value = Encoding.UTF8.GetString(reader.ReadLengthPrefixed());
            if (!int.TryParse(value, CultureInfo.InvariantCulture, out var number))
                continue;
            if (key == "ProcessId")
                processId = number;
            else if (key == "HardwareThreadCount")
                processors = number;
        }

        return (processId, processors);
    }
}
