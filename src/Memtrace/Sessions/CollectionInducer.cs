using Memtrace.Footprint;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Sessions;

/// <summary>Induces one full, blocking collection and measures its effect.</summary>
internal static class CollectionInducer
{
    /// <summary>A heap of 100 GB takes about a minute.</summary>
    private static readonly TimeSpan CollectionLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StreamLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    // The GC returns memory in steps, partly after the program has resumed.
    private const int MaxPolls = 20;
    private const int StablePolls = 3;
    private const long StableDelta = 64 * 1024;

    /// <summary>Induces the collection.</summary>
    /// <param name="target">The process. It is paused meanwhile.</param>
    /// <param name="cancellation">Stops waiting; a collection that has begun continues.</param>
    /// <returns>The collection and its effect; null if the runtime did not report it.</returns>
    /// <exception cref="TargetException">The target refuses or does not answer.</exception>
    public static async Task<ObservedCollection?> InduceAsync(Target target, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(target);
        using var memory = ProcessMemoryReader.Open(target.ProcessId);
        await WarmUpAsync(target, cancellation);
        var before = await StableRssAsync(memory, cancellation);
        return await CollectAsync(target, cancellation) is { } collection
            ? new ObservedCollection(collection, before, await StableRssAsync(memory, cancellation))
            : null;
    }

    // The first session in a process permanently takes more than 5 MB, which would hide what a collection gives back.
    private static async Task WarmUpAsync(Target target, CancellationToken cancellation)
    {
        using var session = await OpenAsync(target, SessionPlan.Collections(), cancellation);
        var reading = session.EventStream.CopyToAsync(Stream.Null, CancellationToken.None);
        await StopAsync(session);
        await Task.WhenAny(reading, Task.Delay(StreamLimit, cancellation));
    }

    // The runtime collects before it confirms the session; its events are then waiting in the stream.
    private static async Task<FullCollection?> CollectAsync(Target target, CancellationToken cancellation)
    {
        using var session = await OpenAsync(target, SessionPlan.ObservedCollection(), cancellation);
        var watch = new CollectionWatch();
        var reading = Task.Run(() => Read(session, watch), CancellationToken.None);
        await StopAsync(session);
        await Task.WhenAny(reading, Task.Delay(StreamLimit, cancellation));
        return reading.IsCompleted ? watch.Result : null;
    }

    private static Task<EventPipeSession> OpenAsync(Target target, EventPipeSessionConfiguration plan, CancellationToken cancellation) =>
        DiagnosticSession.OpenAsync(plan, configuration => target.AskAsync(
            (client, token) => client.StartEventPipeSessionAsync(configuration, token), CollectionLimit, cancellation));

    private static void Read(EventPipeSession session, CollectionWatch watch)
    {
        try
        {
            new RecordingReader(watch).Read(session.EventStream, CancellationToken.None);
        }
        catch (Exception exception) when (exception is RecordingException or IOException or ObjectDisposedException)
        {
            // The stream broke off: use what arrived before.
        }
    }

    private static async Task StopAsync(EventPipeSession session)
    {
        using var limit = new CancellationTokenSource(StreamLimit);
        try
        {
            await session.StopAsync(limit.Token);
        }
        catch (Exception exception) when (exception is DiagnosticsClientException or IOException or OperationCanceledException)
        {
            // The target has exited, and the session with it.
        }
    }

    /// <summary>The resident set once it is stable, or after the last poll if the process is busy.</summary>
    private static async Task<long?> StableRssAsync(ProcessMemoryReader memory, CancellationToken cancellation)
    {
        var (last, stable) = (Rss(memory), 0);
        for (var poll = 0; poll < MaxPolls && stable < StablePolls; poll++)
        {
            await Task.Delay(PollInterval, cancellation);
            var now = Rss(memory);
            stable = now is null || Math.Abs(now.Value - (last ?? 0)) <= StableDelta ? stable + 1 : 0;
            last = now ?? last;
        }

        return last;
    }

    private static long? Rss(ProcessMemoryReader memory) => memory.TryRead(out var reading) ? reading.Rss : null;
}
