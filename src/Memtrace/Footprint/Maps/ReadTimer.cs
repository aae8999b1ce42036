using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Memtrace.Footprint.Maps;

/// <summary>
/// Measures the time that the current thread spends reading, by the clock and on the processor: on a busy machine much of the first passes between
/// two reads, when the process is not kept waiting. To be used on one thread.
/// </summary>
internal sealed partial class ReadTimer
{
    private const int ThreadCpuTime = 3;

    private readonly Stopwatch _elapsed = new();
    private TimeSpan _busy;
    private TimeSpan _startedAt;

    /// <summary>Time by the clock.</summary>
    public TimeSpan Elapsed => _elapsed.Elapsed;

    /// <summary>Time on the processor.</summary>
    public TimeSpan Busy => _busy;

    /// <summary>Begins a read.</summary>
    public void Start()
    {
        _startedAt = Now();
        _elapsed.Start();
    }

    /// <summary>Ends a read.</summary>
    public void Stop()
    {
        _elapsed.Stop();
        _busy += Now() - _startedAt;
    }

    private static TimeSpan Now() => ClockGetTime(ThreadCpuTime, out var time) == 0 ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000) : default;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpecification time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpecification
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
