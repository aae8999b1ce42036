using Memtrace.Events;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>
/// Gathers the ranges that come one by one into maps of the whole heap. The runtime sends all of them after a collection's start and again before its
/// end, with no mark between: a set ends where its thread does something else, where another thread begins, or where a range comes a second time.
/// A jump in the generations is no end: the Server GC sends them heap by heap.
/// </summary>
internal sealed class GenerationRows
{
    private readonly List<GenerationRange> _rows = [];
    private readonly HashSet<ulong> _starts = [];
    private TrackedCollection? _of;
    private int _thread;

    /// <summary>The newest whole map.</summary>
    public GenerationMap Latest { get; private set; } = GenerationMap.Empty;

    /// <summary>A collection starts on a thread: the ranges that follow are those before it.</summary>
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

    /// <summary>A thread does something else.</summary>
    public void Interrupt(int thread)
    {
        if (thread == _thread)
            Close();
    }

    /// <summary>Something happens that comes after any set of ranges.</summary>
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
