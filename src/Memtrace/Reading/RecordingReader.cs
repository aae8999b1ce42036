using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Reading;

/// <summary>
/// Reads a recording or a live stream once from start to end and passes each event to a visitor, in order of time. Memory does not grow with the length
/// of the stream, and events cost no allocation.
/// </summary>
/// <param name="visitor">Receives the events.</param>
internal sealed class RecordingReader(RecordingVisitor visitor)
{
    private NettraceReader? _reader;

    /// <summary>Events that the runtime dropped up to the current position in the stream.</summary>
    public long LostEvents => _reader?.LostEvents ?? 0;

    /// <summary>Reads <paramref name="stream"/> from its start and disposes it.</summary>
    /// <exception cref="RecordingException">The stream is empty, not a nettrace stream, or ends before its first event.</exception>
    /// <exception cref="SeveralProcessesException">The stream has runtime events of several processes.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public ReadingSummary Read(Stream stream, CancellationToken cancellation = default)
    {
        using (stream)
            return Read(new BlockReader(stream), cancellation);
    }

    /// <summary>Reads a stream of blocks.</summary>
    /// <inheritdoc cref="Read(Stream, CancellationToken)"/>
    public ReadingSummary Read(IBlockSource blocks, CancellationToken cancellation = default)
    {
        var events = new EventTranslator(visitor);
        _reader = new NettraceReader(blocks, events);
        try
        {
            var summary = _reader.Read(cancellation);
            return new ReadingSummary(summary.Terminated, summary.LostEvents, events.SecondsAt(summary.LastTimestamp))
            {
                Damage = summary.Damage,
                IsEmpty = !summary.HasEvents,
            };
        }
        catch (NettraceException e)
        {
            throw new RecordingException($"The recording cannot be read: {e.Message}.", e);
        }
        catch (EndOfStreamException e)
        {
            throw new RecordingException(blocks.Position == 0 ? "The file is empty." : "The recording ends before its first event.", e);
        }
    }

    /// <summary>Decodes the events of the stream.</summary>
    private sealed class EventTranslator(RecordingVisitor visitor) : INettraceVisitor
    {
        private readonly EventDispatcher _dispatcher = new(visitor);
        private TraceObject? _trace;
        private ulong _processId;

        public double SecondsAt(long timestamp) => timestamp == 0 ? 0 : _trace!.SecondsAt(timestamp);

        public void Begin(TraceObject trace)
        {
            _trace = trace;
            visitor.Begin(new RecordingHeader(trace.StartedAt, trace.ProcessId, trace.ProcessorCount, trace.PointerSize));
        }

        public object? Subscribe(EventType type) => _dispatcher.Find(type.Kind.Provider, type.Kind.EventId);

        public void Visit(in NettraceEvent data)
        {
            if (data.ProcessId != _processId && data.Type.Kind.Provider == Providers.Runtime)
                RequireOneProcess(data.ProcessId);
            var recorded = RecordedEvent.Of(data, _trace!);
            if (data.Type.Kind.Provider == Providers.Rundown)
                visitor.Rundown(recorded.Seconds);
            else
                visitor.Happened(recorded.Seconds);
            ((EventReceiver)data.Subscription)(recorded);
        }

        public void Missing() => visitor.Lost();

        private void RequireOneProcess(ulong processId)
        {
            if (_processId != 0 && processId != 0)
                throw new SeveralProcessesException();
            _processId = Math.Max(_processId, processId);
        }
    }
}
