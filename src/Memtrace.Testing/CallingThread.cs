using System.Collections.Concurrent;

namespace Memtrace.Testing;

/// <summary>
/// Runs asynchronous code whose awaits continue on the calling thread, which waits for it: synchronous work may depend on its thread, and on the synchronization
/// context that it finds there.
/// </summary>
internal sealed class CallingThread : SynchronizationContext, IDisposable
{
    private readonly SynchronizationContext? _outer = Current;
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _continuations = [];

    private CallingThread()
    {
    }

    /// <summary>Checks synchronous work.</summary>
    /// <param name="work">The work. It finds the caller's synchronization context.</param>
    /// <param name="check">Runs the work that it gets, as often as it likes.</param>
    public static void Check(Action work, Func<Func<Task>, Task> check)
    {
        using var thread = new CallingThread();
        thread.Run(() => check(() =>
        {
            thread.RunOutside(work);
            return Task.CompletedTask;
        }));
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => _continuations.Add((d, state));

    /// <inheritdoc/>
    public void Dispose() => _continuations.Dispose();

    private void Run(Func<Task> check)
    {
        SetSynchronizationContext(this);
        try
        {
            var result = check();
            var completing = result.ContinueWith(_ => _continuations.CompleteAdding(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            foreach (var (callback, state) in _continuations.GetConsumingEnumerable())
                callback(state);

            // What is completed is disposed next.
            completing.GetAwaiter().GetResult();
            result.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(_outer);
        }
    }

    private void RunOutside(Action work)
    {
        SetSynchronizationContext(_outer);
        try
        {
            work();
        }
        finally
        {
            SetSynchronizationContext(this);
        }
    }
}
