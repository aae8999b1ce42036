using Memtrace.Events;

namespace Memtrace.Reading;

/// <summary>
/// Reads a recording, or the live stream of a session, once from its beginning to its end and shows each event to a visitor, in order of time.
/// Memory does not grow with the stream's length, and no event costs an allocation.
/// </summary>
internal sealed class RecordingReader(RecordingVisitor visitor)
{
    private readonly EventDispatcher _dispatcher = new(visitor);

    /// <summary>Events that the runtime dropped up to the present place in the stream.</summary>
    public long LostEvents { get; }

    /// <summary>Reads <paramref name="stream"/>, which stands at its beginning, and disposes it.</summary>
    /// <exception cref="RecordingException">The stream is empty, is no nettrace stream, or breaks off before its first event.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public ReadingSummary Read(Stream stream, CancellationToken cancellation = default)
    {
        var endSeconds = 0d;
        using var whole = new TruncatedStream(stream, cancellation);
        visitor.Begin(new RecordingHeader(DateTimeOffset.UnixEpoch, 0, 0, 8));
        TraceEventAdapter.Read(whole, (kind, in data) =>
        {
            endSeconds = data.Seconds;
            if (_dispatcher.Find(kind.Provider, kind.EventId) is not { } receiver)
                return;
            if (kind.Provider == Providers.Rundown)
                visitor.Rundown(data.Seconds);
            else
                visitor.Happened(data.Seconds);
            receiver(data);
        });
        return new ReadingSummary(whole.Terminated, LostEvents, endSeconds);
    }
}
