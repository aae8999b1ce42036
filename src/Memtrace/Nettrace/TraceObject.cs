using System.Buffers.Binary;
using System.Globalization;

namespace Memtrace.Nettrace;

/// <summary>The Trace block, the first of a stream.</summary>
/// <param name="StartedAt">Start of the session, UTC.</param>
/// <param name="StartTimestamp">The same in ticks of the event clock.</param>
/// <param name="TicksPerSecond">Frequency of the event clock.</param>
/// <param name="PointerSize">4 or 8.</param>
/// <param name="ProcessId">The process id in the target's own namespace; 0 if the stream does not say.</param>
/// <param name="ProcessorCount">Logical processors; 0 if the stream does not say.</param>
internal sealed record TraceObject(
    DateTimeOffset StartedAt,
    long StartTimestamp,
    long TicksPerSecond,
    int PointerSize,
    int ProcessId,
    int ProcessorCount)
{
    /// <summary>Size of the block in formats 4 and 5, where it is the only one without a size prefix (NetTraceFormat_v5.md).</summary>
    public const int Size = 48;

    /// <summary>Converts a timestamp to seconds since the start of the session.</summary>
    /// <param name="timestamp">The time, in ticks.</param>
    public double SecondsAt(long timestamp) => (timestamp - StartTimestamp) / (double)TicksPerSecond;

    /// <summary>Converts a timestamp to UTC, clamped to the years 1 to 9999.</summary>
    /// <param name="timestamp">The time, in ticks.</param>
    public DateTimeOffset TimeAt(long timestamp)
    {
        var seconds = SecondsAt(timestamp);
        var (earliest, latest) = ((DateTimeOffset.MinValue - StartedAt).TotalSeconds, (DateTimeOffset.MaxValue - StartedAt).TotalSeconds);
        return seconds <= earliest ? DateTimeOffset.MinValue : seconds >= latest ? DateTimeOffset.MaxValue : StartedAt.AddSeconds(seconds);
    }

    /// <summary>The time between two timestamps, clamped to the range of <see cref="TimeSpan"/>.</summary>
    /// <param name="from">The earlier time, in ticks.</param>
    /// <param name="to">The later time, in ticks.</param>
    public TimeSpan Between(long from, long to)
    {
        var ticks = (to - from) / (double)TicksPerSecond * TimeSpan.TicksPerSecond;
        return new TimeSpan((long)ticks);
    }

    /// <summary>Parses the block.</summary>
    /// <param name="framing">The stream's framing.</param>
    /// <param name="payload">The block's payload.</param>
    /// <exception cref="NettraceException">The block is damaged.</exception>
    public static TraceObject Parse(NettraceFraming framing, ReadOnlySpan<byte> payload)
    {
        var cursor = new SpanCursor(payload);
        var trace = new TraceObject(
            ParseSystemTime(ref cursor), cursor.ReadInt64(), cursor.ReadInt64(), cursor.ReadInt32(), ProcessId: 0, ProcessorCount: 0);
        if (trace.TicksPerSecond <= 0)
            throw new NettraceException("the trace header has an invalid clock frequency");
        if (trace.PointerSize is not (4 or 8))
            throw new NettraceException($"the trace header has an invalid pointer size ({trace.PointerSize} bytes)");
        return framing == NettraceFraming.Objects
            ? trace with { ProcessId = cursor.ReadInt32(), ProcessorCount = cursor.ReadInt32() }
            : trace.WithKeyValues(cursor);
    }

    /// <summary>The payload of the same block for a stream that starts later.</summary>
    /// <param name="framing">The stream's framing.</param>
    /// <param name="payload">The block's payload.</param>
    /// <param name="timestamp">The later start, in ticks.</param>
    public static byte[] WithStart(NettraceFraming framing, ReadOnlySpan<byte> payload, long timestamp)
    {
        var trace = Parse(framing, payload);
        var startedAt = trace.TimeAt(timestamp);
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
    private static DateTimeOffset ParseSystemTime(ref SpanCursor cursor)
    {
        Span<ushort> parts = stackalloc ushort[8];
        foreach (ref var part in parts)
            part = cursor.ReadUInt16();
        try
        {
            return new DateTimeOffset(parts[0], parts[1], parts[3], parts[4], parts[5], parts[6], parts[7], TimeSpan.Zero);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new NettraceException("the trace header's start time is not a valid date");
        }
    }

    private TraceObject WithKeyValues(SpanCursor cursor)
    {
        var trace = this;
        for (var count = cursor.ReadUInt32(); count > 0; count--)
        {
            var key = cursor.ReadLengthPrefixed();
            if (!int.TryParse(cursor.ReadLengthPrefixed(), CultureInfo.InvariantCulture, out var number))
                continue;
            if (key.SequenceEqual("ProcessId"u8))
                trace = trace with { ProcessId = number };
            else if (key.SequenceEqual("HardwareThreadCount"u8))
                trace = trace with { ProcessorCount = number };
        }

        return trace;
    }
}
