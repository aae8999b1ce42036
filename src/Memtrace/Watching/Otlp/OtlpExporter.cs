using System.IO.Compression;
using System.Threading.Channels;
using Memtrace.Watching.Metrics;

namespace Memtrace.Watching.Otlp;

/// <summary>
/// Sends metrics to a collector at intervals. While it is away, requests wait in bounded memory, and the oldest are dropped; the processes and their recordings never
/// wait for it.
/// </summary>
internal sealed class OtlpExporter : IDisposable
{
    /// <summary>Some KB each: an hour of the default interval.</summary>
    public const int MostWaiting = 60;

    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(10);

    /// <summary>How long the watcher's end waits for the collector.</summary>
    private static readonly TimeSpan LastAttempt = TimeSpan.FromSeconds(5);

    private readonly OtlpOptions _options;
    private readonly ResourceAttributes _own;
    private readonly Action<string> _log;
    private readonly TimeProvider _time;
    private readonly OtlpChannel _channel;
    private readonly Channel<byte[]> _waiting;
    private string? _problem;
    private long _sent, _dropped, _rejected;

    /// <summary>Prepares sending.</summary>
    /// <param name="options">Where to, and how.</param>
    /// <param name="own">What identifies the watcher.</param>
    /// <param name="log">Receives a line when the collector goes away, comes back or refuses something.</param>
    /// <param name="time">The clock.</param>
    public OtlpExporter(OtlpOptions options, ResourceAttributes own, Action<string> log, TimeProvider time)
    {
        (_options, _own, _log, _time) = (options, own, log, time);
        _channel = OtlpChannel.Open(options);
        _waiting = Channel.CreateBounded<byte[]>(
            new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest }, _ => Interlocked.Increment(ref _dropped));
    }

    /// <summary>How many requests the collector has accepted.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>How many requests were dropped.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>How many data points the collector rejected in requests that it accepted.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>Reads and sends metrics until it is stopped, and then what waits, for some seconds.</summary>
    /// <param name="read">Reads the metrics.</param>
    /// <param name="stop">Stops.</param>
    public async Task RunAsync(Func<Task<WatcherMetrics>> read, CancellationToken stop)
    {
        using var end = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        using var ending = stop.Register(() => end.CancelAfter(LastAttempt));
        var sending = SendAllAsync(stop, end.Token);
        await ReadAllAsync(read, stop);
        Add(await read());
        await sending;
        _waiting.Writer.Complete();
        await SendAllAsync(end.Token, end.Token);
    }

    /// <summary>Adds a request. It never waits.</summary>
    /// <param name="metrics">The metrics now.</param>
    internal void Add(WatcherMetrics metrics)
    {
        var message = OtlpRequest.Write(metrics, _own, _time.GetUtcNow());
        _waiting.Writer.TryWrite(_options.IsCompressed ? Compressed(message) : message);
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    private static byte[] Compressed(byte[] message)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(message);
        return compressed.ToArray();
    }

    private async Task ReadAllAsync(Func<Task<WatcherMetrics>> read, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(_options.Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                Add(await read());
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>Sends what waits. A request that is on its way at the stop has until the end: the collector may have accepted it, and would get it twice.</summary>
    private async Task SendAllAsync(CancellationToken stop, CancellationToken end)
    {
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(stop))
            {
                while (_waiting.Reader.TryPeek(out var next))
                {
                    await SendAsync(next, stop, end);
                    Remove(next);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    // It may have been dropped meanwhile for newer ones.
    private void Remove(byte[] request)
    {
        if (_waiting.Reader.TryPeek(out var oldest) && ReferenceEquals(oldest, request))
            _waiting.Reader.TryRead(out _);
    }

    private async Task SendAsync(byte[] request, CancellationToken stop, CancellationToken end)
    {
        for (var delay = RetryDelay.First; ; delay = RetryDelay.After(delay))
        {
            var answer = await _channel.SendAsync(request, end);
            Report(answer);
            if (answer.Failure is not { MayPass: true } failure)
            {
                Count(answer);
                return;
            }

            await Task.Delay(failure.After is { } after ? Bounded(after) : Jittered(delay), _time, stop);
        }
    }

    private void Count(OtlpAnswer answer)
    {
        if (answer.Failure is null)
            Interlocked.Increment(ref _sent);
        else
            Interlocked.Increment(ref _dropped);
        Interlocked.Add(ref _rejected, answer.Rejected);
    }

    private static TimeSpan Bounded(TimeSpan after) => after < TimeSpan.Zero ? TimeSpan.Zero : after > LongestRetryAfter ? LongestRetryAfter : after;

    // So that the watchers of a fleet do not come back in one moment.
    private static TimeSpan Jittered(TimeSpan delay) => delay * (0.5 + (Random.Shared.NextDouble() / 2));

    private void Report(OtlpAnswer answer)
    {
        var problem = answer.Failure?.Problem ?? (answer.Rejected > 0 ? $"rejected data points: {answer.Message}" : null);
        if (problem == _problem)
            return;
        _problem = problem;
        _log($"Metrics to {_options.Address}: {problem ?? "accepted again"}");
    }
}
