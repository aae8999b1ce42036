namespace Memtrace.Processes;

/// <summary>The thread that runs this, as the scheduler of Linux sees it. Other systems are left as they are.</summary>
internal static class CurrentThread
{
    // PRIO_PROCESS; with the id 0, it means the calling thread, on Linux only.
    private const int Caller = 0;

    /// <summary>Sets its niceness: a thread of 10 gets a tenth of the time of one of 0 where both want the same processor. To lower it requires a right; without it, nothing changes. Threads that it starts inherit it.</summary>
    /// <param name="niceness">-20 to 19; 0 is usual.</param>
    public static void SetNiceness(int niceness)
    {
        if (OperatingSystem.IsLinux())
            _ = NativeMethods.SetPriority(Caller, 0, niceness);
    }
}
