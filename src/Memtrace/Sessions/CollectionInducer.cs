using Memtrace.Footprint;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Sessions;

/// <summary>Has a runtime do one full, blocking collection, and watches what comes of it.</summary>
public static class CollectionInducer
{
    /// <summary>A heap of a hundred GB takes a minute or so.</summary>
    private static readonly TimeSpan CollectionLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StreamLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    // The GC gives memory back in steps, for some of it after the program has gone on.
    private const int MostGlances = 20;
    private const int QuietGlances = 3;
    private const long Quiet = 64 * 1024;

    /// <summary>Collects.</summary>
    /// <param name="target">The process. It stands still meanwhile.</param>
    /// <param name="cancellation">Gives up waiting; a collection that has begun goes on.</param>
    /// <returns>What came of it; null if the runtime did not tell.</returns>
    /// <exception cref="TargetException">The target refuses or does not answer.</exception>
    public static async Task<ObservedCollection?> InduceAsync(Target target, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(target);
        using var memory = ProcessMemoryReader.Open(target.ProcessId);
        await RehearseAsync(target, cancellation);
        var before = await RssAtRestAsync(memory, cancellation);
        return await CollectAsync(target, cancellation) is { } collection
            ? new ObservedCollection(collection, before, await RssAtRestAsync(memory, cancellation))
            : null;
    }

    // The first session of a process takes more than 5 MB there, which stay: what a collection gives back would not show beside them.
    private static async Task RehearseAsync(Target target, CancellationToken cancellation)
    {
        using var session = await OpenAsync(target, SessionPlan.Collections(), cancellation);
        var reading = session.EventStream.CopyToAsync(Stream.Null, CancellationToken.None);
        await StopAsync(session);
        await Task.WhenAny(reading, Task.Delay(StreamLimit, cancellation));
    }

    // The runtime collects before it answers that the session runs; its events wait in the stream.
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
            // The stream broke off: the watch has what came until then.
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
            // The target is gone, and the session with it.
        }
    }

    /// <summary>The resident set when it has stayed the same for a moment, or, of a process that is at work, after a few of them.</summary>
    private static async Task<long?> RssAtRestAsync(ProcessMemoryReader memory, CancellationToken cancellation)
    {
        var (last, quiet) = (Rss(memory), 0);
        for (var glance = 0; glance < MostGlances && quiet < QuietGlances; glance++)
        {
            await Task.Delay(Glance, cancellation);
            var now = Rss(memory);
            quiet = now is null || Math.Abs(now.Value - (last ?? 0)) <= Quiet ? quiet + 1 : 0;
            last = now ?? last;
        }

        return last;
    }

    private static long? Rss(ProcessMemoryReader memory) => memory.TryRead(out var reading) ? reading.Rss : null;
}
