using System.Runtime.InteropServices;

namespace Memtrace.Nettrace;

/// <summary>
/// Counts the events that a session dropped by the gaps in the sequence numbers of its threads (NetTraceFormat.md, "Event Sequence Numbers").
/// </summary>
/// <remarks>
/// A number that decreases belongs to a new thread that reuses the id of an old one and starts at 1. Memory is bounded: after
/// <see cref="MaxThreads"/> threads all state is dropped, and gaps across that point go unnoticed.
/// </remarks>
/// <param name="fromTheBeginning">
/// Whether the stream is known to start with the session, so that every thread starts at 1; otherwise each thread starts with the first number seen.
/// </param>
internal sealed class SequenceNumbers(bool fromTheBeginning)
{
    /// <summary>The most threads tracked at once.</summary>
    public const int MaxThreads = 100_000;

    private readonly Dictionary<ulong, uint> _last = [];
    private bool _fromTheBeginning = fromTheBeginning;

    /// <summary>The threads tracked now.</summary>
    public int Threads => _last.Count;

    /// <summary>The sum of all gaps.</summary>
    public long Lost { get; private set; }

    /// <summary>Counts an event of a thread.</summary>
    /// <param name="thread">The capturing thread.</param>
    /// <param name="number">Its sequence number.</param>
    /// <returns>How many events of the thread were lost before it.</returns>
    public uint Count(ulong thread, uint number) => Reach(thread, reached: unchecked(number - 1), last: number);

    /// <summary>Notes that a thread has reached a number, whether or not that event arrived.</summary>
    /// <param name="thread">The capturing thread.</param>
    /// <param name="number">The number.</param>
    /// <returns>How many events of the thread were lost up to there.</returns>
    public uint Reach(ulong thread, uint number) => Reach(thread, reached: number, last: number);

    /// <summary>Drops a thread that has ended; its id may be reused.</summary>
    public void Remove(ulong thread) => _last.Remove(thread);

    private uint Reach(ulong thread, uint reached, uint last)
    {
        if (_last.Count >= MaxThreads)
            Forget();
        ref var before = ref CollectionsMarshal.GetValueRefOrAddDefault(_last, thread, out var known);
        var gap = known || _fromTheBeginning ? unchecked((int)(reached - before)) : 0;
        before = last;
        if (gap <= 0)
            return 0;
        Lost += gap;
        return (uint)gap;
    }

    private void Forget()
    {
        _last.Clear();
        _fromTheBeginning = false;
    }
}
