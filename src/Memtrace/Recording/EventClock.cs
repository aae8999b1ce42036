using Memtrace.Nettrace;
using Memtrace.Processes;

namespace Memtrace.Recording;

/// <summary>
/// Reads the clock of the target's events. The runtime and <see cref="TimeProvider.System"/> use the same clock of the machine (CLOCK_MONOTONIC on Linux,
/// QueryPerformanceCounter on Windows), so only the unit can differ, and in another time namespace the offset.
/// </summary>
/// <param name="trace">The Trace block of the stream.</param>
/// <param name="time">The clock of the machine.</param>
/// <param name="offset">By how much the target's clock is ahead.</param>
internal sealed class EventClock(TraceObject trace, TimeProvider time, TimeSpan offset = default)
{
    private readonly long _offset = (long)(offset.TotalSeconds * trace.TicksPerSecond);

    /// <summary>Start of the session, in ticks of the event clock: no event is earlier.</summary>
    public long Start => trace.StartTimestamp;

    /// <summary>The clock of the machine.</summary>
    public TimeProvider Time => time;

    /// <summary>The current time, in ticks of the event clock.</summary>
    public long Now => Local(trace, time) + _offset;

    /// <summary>The clock of a target that has just sent the beginning of its stream.</summary>
    /// <param name="trace">The Trace block of the stream.</param>
    /// <param name="time">The clock of the machine.</param>
    /// <param name="processId">The target; 0 if it is not visible.</param>
    public static EventClock Of(TraceObject trace, TimeProvider time, int processId)
    {
        var offset = processId != 0 && OperatingSystem.IsLinux() ? TimeNamespace.MonotonicOffset(processId) : null;
        var sinceStart = TimeSpan.FromSeconds((Local(trace, time) - trace.StartTimestamp) / (double)trace.TicksPerSecond);

        // If the offset is not visible: a session that starts in the future has another clock. It started just now.
        return new EventClock(trace, time, offset ?? (sinceStart < TimeSpan.Zero ? -sinceStart : TimeSpan.Zero));
    }

    /// <summary>The time from the start of the session to a point in ticks of the event clock.</summary>
    public TimeSpan SinceStart(long ticks) => trace.Between(trace.StartTimestamp, ticks);

    /// <summary>Converts a time span to ticks of the event clock.</summary>
    public long Ticks(TimeSpan span) => (long)(span.TotalSeconds * trace.TicksPerSecond);

    private static long Local(TraceObject trace, TimeProvider time) => trace.TicksPerSecond == time.TimestampFrequency
        ? time.GetTimestamp()
        : (long)((Int128)time.GetTimestamp() * trace.TicksPerSecond / time.TimestampFrequency);
}
