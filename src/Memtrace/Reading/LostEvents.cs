using System.Reflection;
using Microsoft.Diagnostics.Tracing;

namespace Memtrace.Reading;

/// <summary>Counts the events that a session dropped, from the gaps that the parser finds in the sequence numbers.</summary>
/// <remarks>
/// <see cref="TraceEventSource.EventsLost"/> cannot be used: when a thread id is used again its sequence starts over, which the parser
/// reports as int.MaxValue lost events, for good. So each gap is taken by itself, and the one that goes backwards is left out.
/// The parser offers its gaps only through a member that is not public.
/// </remarks>
internal sealed class LostEvents
{
    private readonly EventPipeEventSource _source;
    private bool _attached;

    /// <summary>Gets ready to count what <paramref name="source"/> loses.</summary>
    public LostEvents(EventPipeEventSource source) => _source = source;

    /// <summary>The sum of the gaps so far.</summary>
    public long Count { get; private set; }

    /// <summary>Begins to count. The parser's cache exists from the stream's header on, so this is called at the first event.</summary>
    /// <exception cref="NotSupportedException">The version of TraceEvent in use counts in another way.</exception>
    public void Attach()
    {
        if (_attached)
            return;
        _attached = true;
        Add(_source.EventsLost);
        const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var cache = typeof(EventPipeEventSource).GetProperty("EventCache", Members)?.GetValue(_source);
        var dropped = cache?.GetType().GetEvent("OnEventsDropped", Members)
            ?? throw new NotSupportedException($"Lost events cannot be counted with {typeof(TraceEvent).Assembly.GetName()}.");
        dropped.AddEventHandler(cache, new Action<int>(Add));
    }

    private void Add(int gap)
    {
        if (gap != int.MaxValue)
            Count += gap;
    }
}
