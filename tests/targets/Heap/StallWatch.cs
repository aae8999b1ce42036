using System.Diagnostics;

namespace Heap;

/// <summary>
/// The stops of the program as a thread sees them that wants to run each millisecond, and as the runtime counts them. The former has the scheduler's moods
/// in it, the latter only what the runtime knows to be a collection's pause.
/// </summary>
internal sealed class StallWatch
{
    private static readonly TimeSpan Noticeable = TimeSpan.FromMilliseconds(5);

    private readonly Thread _thread;
    private readonly TimeSpan _pauseAtStart = GC.GetTotalPauseDuration();
    private volatile bool _stopped;

    public StallWatch()
    {
        _thread = new Thread(Run) { Name = "stalls" };
        _thread.Start();
    }

    /// <summary>The longest time that the thread was kept from running.</summary>
    public TimeSpan LongestStall { get; private set; }

    /// <summary>All such times of 5 ms and more.</summary>
    public TimeSpan TotalStall { get; private set; }

    /// <summary>The largest step of the runtime's own count of pauses.</summary>
    public TimeSpan LongestPause { get; private set; }

    public TimeSpan TotalPause { get; private set; }

    public void Stop()
    {
        _stopped = true;
        _thread.Join();
    }

    private void Run()
    {
        var time = Stopwatch.GetTimestamp();
        while (!_stopped)
        {
            Thread.Sleep(1);
            var now = Stopwatch.GetTimestamp();
            AddStall(Stopwatch.GetElapsedTime(time, now));
            AddPause(GC.GetTotalPauseDuration() - _pauseAtStart);
            time = now;
        }
    }

    private void AddStall(TimeSpan gap)
    {
        if (gap > LongestStall)
            LongestStall = gap;
        if (gap >= Noticeable)
            TotalStall += gap;
    }

    private void AddPause(TimeSpan total)
    {
        if (total - TotalPause > LongestPause)
            LongestPause = total - TotalPause;

        TotalPause = total;
    }
}
