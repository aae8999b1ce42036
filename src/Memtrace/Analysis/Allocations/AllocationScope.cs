using Memtrace.Events;

namespace Memtrace.Analysis.Allocations;

/// <summary>Which allocations count in the recording of a process by itself: those while it measures, on other threads than that which measures.</summary>
/// <param name="Time">The time from the start of the measurement, when the recording runs, to its end, before the recording is stopped.</param>
/// <param name="MeasuringThread">The operating system's id of the thread that measures; null if unknown.</param>
internal sealed record AllocationScope(TimeWindow Time, int? MeasuringThread)
{
    /// <summary>Whether an allocation counts.</summary>
    public bool Contains(in AllocationEvent allocation) => Time.Contains(allocation.Seconds) && allocation.ThreadId != MeasuringThread;
}
