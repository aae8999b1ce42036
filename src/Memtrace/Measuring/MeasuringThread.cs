using System.Diagnostics.CodeAnalysis;

namespace Memtrace.Measuring;

/// <summary>
/// A thread for the work that measuring takes in the measured process itself. What is awaited on it continues on it, so that its allocations are known apart
/// from those of the program.
/// </summary>
internal sealed class MeasuringThread : SynchronizationContext, IDisposable
{
    private readonly object _lock = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _work = new();
    private readonly TimeSpan _interval;
    private readonly Action _tick;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private long _lastTick;
    private bool _isOver;

    /// <summary>Starts the thread.</summary>
    /// <param name="interval">The interval between two ticks.</param>
    /// <param name="tick">Is called on the thread after each interval.</param>
    /// <param name="time">The clock.</param>
    public MeasuringThread(TimeSpan interval, Action tick, TimeProvider time)
    {
        (_interval, _tick, _time, _lastTick) = (interval, tick, time, time.GetTimestamp());
        _thread = new Thread(Run) { IsBackground = true, Name = "Memtrace measurement" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_lock)
        {
            _work.Enqueue((d, state));
            Monitor.Pulse(_lock);
        }
    }

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) => InvokeAsync(() =>
    {
        d(state);
        return Task.FromResult(true);
    }).GetAwaiter().GetResult();

    /// <summary>Runs asynchronous work on the thread.</summary>
    /// <param name="work">The work.</param>
    public Task<T> InvokeAsync<T>(Func<Task<T>> work)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(_ => _ = CompleteAsync(work, result), null);
        return result.Task;
    }

    /// <summary>Ends the thread after the work that is queued, and waits for that.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            Monitor.Pulse(_lock);
        }

        _thread.Join();
    }

    private static async Task CompleteAsync<T>(Func<Task<T>> work, TaskCompletionSource<T> result)
    {
        try
        {
            result.SetResult(await work());
        }
        catch (Exception exception)
        {
            result.SetException(exception);
        }
    }

    private void Run()
    {
        SetSynchronizationContext(this);
        while (!IsOver)
        {
            if (_time.GetElapsedTime(_lastTick) >= _interval)
            {
                _lastTick = _time.GetTimestamp();
                _tick();
            }

            if (TryTake(_interval - _time.GetElapsedTime(_lastTick), out var callback, out var state))
                callback(state);
        }
    }

    private bool IsOver
    {
        get
        {
            lock (_lock)
                return _isOver && _work.Count == 0;
        }
    }

    private bool TryTake(TimeSpan untilTick, [NotNullWhen(true)] out SendOrPostCallback? callback, out object? state)
    {
        lock (_lock)
        {
            if (_work.Count == 0 && !_isOver)
                Monitor.Wait(_lock, (int)Math.Max(1, untilTick.TotalMilliseconds));
            var isTaken = _work.TryDequeue(out var work);
            (callback, state) = work;
            return isTaken;
        }
    }
}
