using Memtrace.Nettrace;

namespace Memtrace.Recording;

/// <summary>
/// Reads the clock of the target's events. The runtime and <see cref="TimeProvider.System"/> use the same clock of the machine (CLOCK_MONOTONIC on Linux,
/// QueryPerformanceCounter on Windows), so only the unit can differ.
/// </summary>
/// <param name="trace">The Trace block of the stream.</param>
/// <param name="time">The clock of the machine.</param>
internal sealed class EventClock(TraceObject trace, TimeProvider time)
{
    /// <summary>Start of the session, in ticks of the event clock: no event is earlier.</summary>
    public long Start => trace.StartTimestamp;

    /// <summary>The clock of the machine.</summary>
    public TimeProvider Time => time;

    /// <summary>The current time, in ticks of the event clock.</summary>
    public long Now => trace.TicksPerSecond == time.TimestampFrequency
        ? time.GetTimestamp()
        : (long)((Int128)time.GetTimestamp() * trace.TicksPerSecond / time.TimestampFrequency);

    /// <summary>Converts a time span to ticks of the event clock.</summary>
    public long Ticks(TimeSpan span) => (long)(span.TotalSeconds * trace.TicksPerSecond);
}
