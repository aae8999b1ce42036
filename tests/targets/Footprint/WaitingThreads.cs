namespace Footprint;

/// <summary>Threads that have used some of their stack, and wait.</summary>
internal sealed class WaitingThreads : IDisposable
{
    private readonly ManualResetEventSlim _over = new();
    private readonly List<Thread> _threads = [];

    /// <param name="count">How many.</param>
    /// <param name="stackBytes">How much of its stack each has written to.</param>
    public WaitingThreads(int count, int stackBytes)
    {
        using var started = new CountdownEvent(count + 1);
        for (var i = 0; i < count; i++)
        {
            var thread = new Thread(() => Wait(stackBytes, started)) { IsBackground = true };
            thread.Start();
            _threads.Add(thread);
        }

        started.Signal();
        started.Wait();
    }

    /// <summary>Does something on its own thread, which stays.</summary>
    public void Do(Action action)
    {
        using var done = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            action();
            done.Set();
            _over.Wait();
        })
        { IsBackground = true };
        thread.Start();
        _threads.Add(thread);
        done.Wait();
    }

    public void Dispose()
    {
        _over.Set();
        _threads.ForEach(thread => thread.Join());
        _over.Dispose();
    }

    private void Wait(int stackBytes, CountdownEvent started)
    {
        Span<byte> used = stackalloc byte[stackBytes];
        for (var i = 0; i < used.Length; i += 512)
            used[i] = 1;
        started.Signal();
        _over.Wait();
    }
}
