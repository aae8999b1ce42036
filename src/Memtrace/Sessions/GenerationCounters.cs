using System.Diagnostics.Tracing;
using Memtrace.Events;
using Memtrace.Nettrace;
using Memtrace.Processes;
using Memtrace.Profiles;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Sessions;

/// <summary>
/// Reads the sizes of the GC's generations as of the last collection, without inducing one, from the event counters of System.Runtime
/// (dotnet/runtime, RuntimeEventSource), which are sent once a second.
/// </summary>
internal static class GenerationCounters
{
    private const int BufferSizeMB = 1;

    /// <summary>The counters arrive a second after the session starts; a busy target may take longer.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Reads the sizes.</summary>
    /// <param name="target">The process.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>The sizes; null if they did not arrive in time.</returns>
    /// <exception cref="TargetException">The target refuses or does not answer.</exception>
    public static async Task<GenerationBytes?> ReadAsync(Target target, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(target);

        // The shortest interval of all sessions applies to each of them, so this one requests the usual second.
        var counters = new EventPipeProvider(Providers.Counters, EventLevel.Informational, -1, new Dictionary<string, string> { ["EventCounterIntervalSec"] = "1" });
        var plan = new EventPipeSessionConfiguration([counters], BufferSizeMB, requestRundown: false, requestStackwalk: true);
        using var session = await target.AskAsync((client, token) => client.StartEventPipeSessionAsync(plan, token), cancellation);
        var sizes = new TaskCompletionSource<GenerationBytes?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = Task.Run(() => Read(session.EventStream, sizes), CancellationToken.None);
        var first = await Task.WhenAny(sizes.Task, Task.Delay(Limit, time, cancellation));
        await StopAsync(session, time);
        await Task.WhenAny(reading, Task.Delay(Limit, time, CancellationToken.None));
        cancellation.ThrowIfCancellationRequested();
        return first == sizes.Task ? await sizes.Task : null;
    }

    private static async Task StopAsync(EventPipeSession session, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        try
        {
            await session.StopAsync(limit.Token);
        }
        catch (Exception exception) when (exception is DiagnosticsClientException or IOException or OperationCanceledException)
        {
            // The target has exited, and the session with it.
        }
    }

    private static void Read(Stream stream, TaskCompletionSource<GenerationBytes?> sizes)
    {
        try
        {
            new NettraceReader(new BlockReader(stream), new CounterStream(sizes)).Read(CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or NettraceException or ObjectDisposedException)
        {
            // The stream broke off.
        }

        sizes.TrySetResult(null);
    }

    /// <summary>Publishes the sizes as soon as all have arrived.</summary>
    private sealed class CounterStream(TaskCompletionSource<GenerationBytes?> sizes) : INettraceVisitor
    {
        private readonly GenerationSizes _found = new();
        private TraceObject? _trace;

        public void Begin(TraceObject trace) => _trace = trace;

        public object? Subscribe(EventType type) => _found.Find(type.Kind.Provider, type.Name);

        public void Visit(in NettraceEvent data)
        {
            ((EventReceiver)data.Subscription)(RecordedEvent.Of(data, _trace!));
            if (_found.Sizes is { } all)
                sizes.TrySetResult(all);
        }

        public void Missing(ulong thread)
        {
        }
    }
}
