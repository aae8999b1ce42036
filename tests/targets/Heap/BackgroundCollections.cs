namespace Heap;

/// <summary>Asks for a background collection again and again, a while after each one has ended, so that a run has a known kind of them and not one by chance.</summary>
internal sealed class BackgroundCollections
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    private readonly Thread _thread;
    private volatile bool _stopped;
    private volatile int _count;

    public BackgroundCollections(TimeSpan gap)
    {
        _thread = new Thread(() => Run(gap)) { Name = "collections" };
        _thread.Start();
    }

    /// <summary>Those that are over.</summary>
    public int Count => _count;

    public void Stop()
    {
        _stopped = true;
        _thread.Join();
    }

    private void Run(TimeSpan gap)
    {
        while (!_stopped)
        {
            var last = LastIndex;
            GC.Collect(2, GCCollectionMode.Forced, blocking: false);
            while (!_stopped && LastIndex == last)
                Thread.Sleep(Poll);

            if (LastIndex != last)
                _count++;

            Wait(gap);
        }
    }

    private void Wait(TimeSpan gap)
    {
        for (var waited = TimeSpan.Zero; waited < gap && !_stopped; waited += Poll)
            Thread.Sleep(Poll);
    }

    private static long LastIndex => GC.GetGCMemoryInfo(GCKind.Background).Index;
}
