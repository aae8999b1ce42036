using Memtrace.Footprint;
using Memtrace.Processes;
using Memtrace.Profiles;

namespace Memtrace.Sessions;

/// <summary>Induces full, blocking collections in a process, one after the other, and measures their effect.</summary>
internal sealed class CollectionInducer : IDisposable
{
    /// <summary>A heap of 100 GB takes about a minute.</summary>
    private static readonly TimeSpan CollectionLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    // The GC returns memory in steps, partly after the program has resumed.
    private const int MaxPolls = 20;
    private const int StablePolls = 3;
    private const long StableDelta = 64 * 1024;

    private readonly Target _target;
    private readonly TimeProvider _time;
    private readonly ProcessMemoryReader _memory;

    // One is always open, so that no event of the finalizer thread is missed.
    private CollectionObserver _observer;
    private CollectionWatch? _last;

    private CollectionInducer(Target target, TimeProvider time, CollectionObserver observer)
    {
        (_target, _time, _observer) = (target, time, observer);
        _memory = ProcessMemoryReader.Open(target.ProcessId);
    }

    /// <summary>Prepares the process.</summary>
    /// <param name="target">The process.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="TargetException">The target refuses or does not answer.</exception>
    public static async Task<CollectionInducer> StartAsync(Target target, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(target);
        var inducer = new CollectionInducer(target, time, await CollectionObserver.OpenAsync(target, time, cancellation));
        try
        {
            // The first sessions in a process permanently take more than 5 MB, the first two at a time some more, which would hide what a collection gives back.
            await inducer.NextAsync(cancellation);
            return inducer;
        }
        catch
        {
            inducer.Dispose();
            throw;
        }
    }

    /// <summary>Induces a collection. The process is paused meanwhile.</summary>
    /// <param name="cancellation">Stops waiting; a collection that has begun continues.</param>
    /// <exception cref="TargetException">The target refuses or does not answer.</exception>
    public async Task<CollectionReply> CollectAsync(CancellationToken cancellation)
    {
        var before = await StableRssAsync(cancellation);
        await RequestAsync(cancellation);
        var after = await StableRssAsync(cancellation);
        _last = await NextAsync(cancellation);
        return new CollectionReply(_last?.Result is { } collection ? new ObservedCollection(collection, before, after) : null, _last?.HasBegun);
    }

    /// <summary>Waits until the finalizers of what the last collection found dead have run, and collects again.</summary>
    /// <param name="limit">How long to wait; then it collects nevertheless.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The collection; null if the runtime did not report it.</returns>
    /// <exception cref="TargetException">The target refuses or does not answer.</exception>
    public async Task<SecondCollection?> CollectFinalizedAsync(TimeSpan limit, CancellationToken cancellation)
    {
        var startedAt = _time.GetTimestamp();
        var ended = await WaitForFinalizersAsync(limit, cancellation);
        var seconds = _time.GetElapsedTime(startedAt).TotalSeconds;
        return (await CollectAsync(cancellation)).Observed is { } observed ? new SecondCollection(observed, seconds, ended) : null;
    }

    public void Dispose()
    {
        _observer.Dispose();
        _memory.Dispose();
    }

    // The runtime collects before it confirms the session.
    private async Task RequestAsync(CancellationToken cancellation)
    {
        using var request = await DiagnosticSession.StartAsync(_target, SessionPlan.InducedCollection(), CollectionLimit, cancellation);
        using var limit = new CancellationTokenSource(StopLimit, _time);
        await request.StopAsync(limit.Token);
    }

    private async Task<bool> WaitForFinalizersAsync(TimeSpan limit, CancellationToken cancellation)
    {
        if (_last?.HaveFinalizersRun == true)
            return true;
        await Task.WhenAny(_observer.QueueEmptied, Task.Delay(limit, _time, cancellation));
        cancellation.ThrowIfCancellationRequested();
        return (await NextAsync(cancellation))?.QueueEmptied.IsCompleted == true;
    }

    /// <summary>Replaces the observer.</summary>
    /// <returns>What the last one saw; null if its events are not complete.</returns>
    private async Task<CollectionWatch?> NextAsync(CancellationToken cancellation)
    {
        var next = await CollectionObserver.OpenAsync(_target, _time, cancellation);
        using var finished = _observer;
        _observer = next;
        return await finished.EndAsync();
    }

    /// <summary>The resident set once it is stable, or after the last poll if the process is busy.</summary>
    private async Task<long?> StableRssAsync(CancellationToken cancellation)
    {
        var (last, stable) = (Rss(), 0);
        for (var poll = 0; poll < MaxPolls && stable < StablePolls; poll++)
        {
            await Task.Delay(PollInterval, _time, cancellation);
            var now = Rss();
            stable = now is null || Math.Abs(now.Value - (last ?? 0)) <= StableDelta ? stable + 1 : 0;
            last = now ?? last;
        }

        return last;
    }

    private long? Rss() => _memory.TryRead(out var reading) ? reading.Rss : null;
}
