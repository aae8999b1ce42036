using Memtrace.Events;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>
/// Assembles generation ranges, which arrive one by one, into maps of the whole heap. The runtime sends all of them after a collection starts and again before it
/// ends, without a separator: a set ends when its thread sends another event, when another thread starts to send ranges, or when a range repeats.
/// A jump in the generations does not end a set: Server GC sends them heap by heap.
/// </summary>
internal sealed class GenerationRows
{
    private readonly List<GenerationRange> _rows = [];
    private readonly HashSet<ulong> _starts = [];
    private TrackedCollection? _of;
    private int _thread;

    /// <summary>The latest complete map.</summary>
    public GenerationMap Latest { get; private set; } = GenerationMap.Empty;

    /// <summary>A collection starts on a thread: the ranges that follow describe the heap before it.</summary>
    public void Begin(TrackedCollection collection, int thread)
    {
        Close();
        (_of, _thread) = (collection, thread);
    }

    /// <summary>A range.</summary>
    public void Add(in GenerationRange range)
    {
        if (range.ThreadId != _thread || !_starts.Add(range.Start))
        {
            Close();
            _thread = range.ThreadId;
            _starts.Add(range.Start);
        }

        _rows.Add(range);
    }

    /// <summary>A thread sent an event that is not a range.</summary>
    public void Interrupt(int thread)
    {
        if (thread == _thread)
            Close();
    }

    /// <summary>An event that cannot occur within a set of ranges.</summary>
    public void Close()
    {
        if (_rows.Count > 0)
        {
            Latest = new GenerationMap(_rows);
            if (_of is not null)
                _of.Before = Latest;
        }

        _of = null;
        _thread = -1;
        _rows.Clear();
        _starts.Clear();
    }
}
