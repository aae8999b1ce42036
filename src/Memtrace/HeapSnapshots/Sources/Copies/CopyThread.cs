using System.Runtime.ExceptionServices;
using Memtrace.Processes;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>A dedicated thread, with raised priority if that is allowed, whose end is awaited.</summary>
internal sealed class CopyThread : IDisposable
{
    private const int Raised = -10;

    private readonly Thread _thread;
    private Exception? _failure;

    /// <summary>Starts it.</summary>
    /// <param name="work">What it does.</param>
    public CopyThread(Action work)
    {
        _thread = new Thread(() => Run(work)) { IsBackground = true, Name = "heap copy" };
        _thread.Start();
    }

    /// <summary>Runs work on such a thread.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="work">What.</param>
    /// <returns>Its result.</returns>
    public static T Run<T>(Func<T> work)
    {
        T? result = default;
        using var thread = new CopyThread(() => result = work());
        thread.Wait();
        return result!;
    }

    /// <summary>Does something with each of some items, on this thread and on another one.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="items">The items.</param>
    /// <param name="worker">Called once by each thread: what it does with an item.</param>
    public static void Share<T>(IReadOnlyList<T> items, Func<Action<T>> worker)
    {
        var next = -1;
        using var second = new CopyThread(Work);
        Work();
        second.Wait();

        void Work()
        {
            var action = worker();
            for (int index; (index = Interlocked.Increment(ref next)) < items.Count;)
                action(items[index]);
        }
    }

    /// <summary>Waits until it is done. What it threw is thrown.</summary>
    public void Wait()
    {
        _thread.Join();
        if (_failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <inheritdoc/>
    public void Dispose() => _thread.Join();

    private void Run(Action work)
    {
        try
        {
            CurrentThread.SetNiceness(Raised);
            work();
        }
        catch (Exception e)
        {
            _failure = e;
        }
    }
}
