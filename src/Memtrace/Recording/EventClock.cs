using System.Diagnostics;
using Memtrace.Nettrace;
using Memtrace.Processes;

namespace Memtrace.Recording;

/// <summary>
/// The clock of the target's events, read here. The runtime's clock and <see cref="Stopwatch"/> are the same clock of the machine
/// (CLOCK_MONOTONIC on Linux, QueryPerformanceCounter on Windows), so only the unit can differ, and in another time namespace the offset.
/// </summary>
/// <param name="trace">The head of the target's stream.</param>
/// <param name="offset">By how much the target's clock is ahead.</param>
internal sealed class EventClock(TraceObject trace, TimeSpan offset = default)
{
    private readonly long _offset = (long)(offset.TotalSeconds * trace.TicksPerSecond);

    /// <summary>When the session began, in ticks of the events' clock: no event is earlier.</summary>
    public long Start => trace.StartTimestamp;

    /// <summary>The current time, in ticks of the events' clock.</summary>
    public long Now => Local(trace) + _offset;

    /// <summary>The clock of a target that has just sent the head of its stream.</summary>
    /// <param name="trace">The head of the stream.</param>
    /// <param name="processId">The target; 0 if it is not visible.</param>
    public static EventClock Of(TraceObject trace, int processId)
    {
        var offset = processId != 0 && OperatingSystem.IsLinux() ? TimeNamespace.MonotonicOffset(processId) : null;
        var sinceStart = TimeSpan.FromSeconds((Local(trace) - trace.StartTimestamp) / (double)trace.TicksPerSecond);

        // If the offset is not visible: a session that begins in the future has another clock. It began just now.
        return new EventClock(trace, offset ?? (sinceStart < TimeSpan.Zero ? -sinceStart : TimeSpan.Zero));
    }

    /// <summary>A time span in ticks of the events' clock.</summary>
    public long Ticks(TimeSpan span) => (long)(span.TotalSeconds * trace.TicksPerSecond);

    private static long Local(TraceObject trace) => trace.TicksPerSecond == Stopwatch.Frequency
        ? Stopwatch.GetTimestamp()
        : (long)((Int128)Stopwatch.GetTimestamp() * trace.TicksPerSecond / Stopwatch.Frequency);
}
