using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Counts what objects contain on a thread of its own, while the walk over the heap goes on.</summary>
internal sealed class ContentQueue : IDisposable
{
    private const int BatchSize = 4096;
    private const int MostBatches = 16;

    private readonly BlockingCollection<List<Item>> _batches = new(MostBatches);
    private readonly ConcurrentQueue<List<Item>> _used = new();
    private readonly Thread _thread;
    private List<Item> _batch = new(BatchSize);
    private ExceptionDispatchInfo? _failure;

    /// <summary>Starts the thread.</summary>
    public ContentQueue()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "contents" };
        _thread.Start();
    }

    /// <summary>A census whose objects are counted by that thread.</summary>
    /// <param name="census">The census. Nothing else uses it until <see cref="Complete"/>, and it does not use the runtime's library, which is not thread-safe.</param>
    public IObjectCensus Of(IObjectCensus census) => new Queued(this, census);

    /// <summary>Waits until all objects are counted.</summary>
    public void Complete()
    {
        if (!_batches.IsAddingCompleted)
        {
            _batches.Add(_batch);
            _batches.CompleteAdding();
        }

        _thread.Join();
        _failure?.Throw();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _batches.CompleteAdding();
        _thread.Join();
        _batches.Dispose();
    }

    private void Add(Item item)
    {
        _batch.Add(item);
        if (_batch.Count < BatchSize)
            return;
        _batches.Add(_batch);
        _batch = _used.TryDequeue(out var used) ? used : new List<Item>(BatchSize);
    }

    // After a failure, batches are still taken: the walk must not wait for room.
    private void Run()
    {
        foreach (var batch in _batches.GetConsumingEnumerable())
        {
            try
            {
                if (_failure is null)
                    batch.ForEach(item => item.Census.Add(item.Address, item.Size));
            }
            catch (Exception e)
            {
                _failure = ExceptionDispatchInfo.Capture(e);
            }

            batch.Clear();
            _used.Enqueue(batch);
        }
    }

    private sealed class Queued(ContentQueue queue, IObjectCensus census) : IObjectCensus
    {
        public void Add(ulong address, long size) => queue.Add(new Item(census, address, size));
    }

    private readonly record struct Item(IObjectCensus Census, ulong Address, long Size);
}
