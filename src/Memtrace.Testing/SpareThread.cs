namespace Memtrace.Testing;

/// <summary>
/// A thread that the pool may have in addition while checks run. They block the thread of a synchronous test, which may be one of the pool, and need another one:
/// without it, they would hang in a pool that is limited to a few threads.
/// </summary>
internal static class SpareThread
{
    /// <summary>In a larger pool, one thread makes no difference.</summary>
    private const int SmallPool = 100;

    private static int? _allowed;

    /// <summary>Allows it. Not thread-safe.</summary>
    public static void Allow()
    {
        ThreadPool.GetMaxThreads(out var threads, out var ports);
        if (threads < SmallPool && ThreadPool.SetMaxThreads(threads + 1, ports))
            _allowed = threads + 1;
    }

    /// <summary>Ends that, unless the work has set a limit of its own. Not thread-safe.</summary>
    public static void Withdraw()
    {
        ThreadPool.GetMaxThreads(out var threads, out var ports);
        if (threads == _allowed)
            ThreadPool.SetMaxThreads(threads - 1, ports);
        _allowed = null;
    }
}
