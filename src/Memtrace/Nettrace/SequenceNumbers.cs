using System.Runtime.InteropServices;

namespace Memtrace.Nettrace;

/// <summary>
/// Counts the events that a session dropped, by the gaps in its threads' sequence numbers (NetTraceFormat.md, "Event Sequence Numbers").
/// </summary>
/// <remarks>
/// A number that goes back is a new thread with the id of an old one, which begins at 1. Memory is bounded: when there have been more threads than
/// <see cref="MaxThreads"/>, all are forgotten, and gaps across that moment are not seen.
/// </remarks>
/// <param name="fromTheBeginning">
/// Whether the stream is known to begin where the session did, so that every thread begins at 1; else each thread begins with the first number seen of it.
/// </param>
internal sealed class SequenceNumbers(bool fromTheBeginning)
{
    /// <summary>So many threads are followed at once.</summary>
    public const int MaxThreads = 100_000;

    private readonly Dictionary<ulong, uint> _last = [];
    private bool _fromTheBeginning = fromTheBeginning;

    /// <summary>The sum of all gaps.</summary>
    public long Lost { get; private set; }

    /// <summary>A thread has an event.</summary>
    /// <param name="thread">The thread that captured it.</param>
    /// <param name="number">Its sequence number.</param>
    /// <returns>How many events of the thread are missing before it.</returns>
    public uint Count(ulong thread, uint number) => Reach(thread, reached: unchecked(number - 1), last: number);

    /// <summary>A thread had come to a number by now, whether or not that event came.</summary>
    /// <param name="thread">The thread that captured it.</param>
    /// <param name="number">The number.</param>
    /// <returns>How many events of the thread are missing up to there.</returns>
    public uint Reach(ulong thread, uint number) => Reach(thread, reached: number, last: number);

    /// <summary>A thread is over; its number may be used again.</summary>
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
