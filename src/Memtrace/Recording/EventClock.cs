using System.Diagnostics;
using Memtrace.Nettrace;

namespace Memtrace.Recording;

/// <summary>
/// The clock of the target's events, read here. The runtime's clock and <see cref="Stopwatch"/> are the same clock of the machine
/// (CLOCK_MONOTONIC on Linux, QueryPerformanceCounter on Windows), so only the unit can differ.
/// </summary>
internal sealed class EventClock(TraceObject trace)
{
    /// <summary>When the session began, in ticks of the events' clock: no event is earlier.</summary>
    public long Start => trace.StartTimestamp;

    /// <summary>The present moment, in ticks of the events' clock.</summary>
    public long Now => trace.TicksPerSecond == Stopwatch.Frequency
        ? Stopwatch.GetTimestamp()
        : (long)((Int128)Stopwatch.GetTimestamp() * trace.TicksPerSecond / Stopwatch.Frequency);

    /// <summary>A time span in ticks of the events' clock.</summary>
    public long Ticks(TimeSpan span) => (long)(span.TotalSeconds * trace.TicksPerSecond);
}
