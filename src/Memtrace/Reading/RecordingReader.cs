using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Reading;

/// <summary>
/// Reads a recording or a live stream once from start to end and passes each event to a visitor, in time order. Memory does not grow with the length
/// of the stream, and events cost no allocation.
/// </summary>
/// <param name="visitor">Receives the events.</param>
internal sealed class RecordingReader(RecordingVisitor visitor)
{
    private readonly EventTranslator _events = new(visitor);
    private NettraceReader? _reader;

    /// <summary>The result up to the current position in a stream that is still being read.</summary>
    public ReadingSummary SoFar => new(Terminated: false, _reader?.LostEvents ?? 0, EndSeconds: 0)
    {
        ImpossibleEvents = _events.Impossible,
        DroppedStacks = _reader?.DroppedStacks ?? 0,
        BufferedBytes = _reader?.BufferedBytes,
    };

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
        _reader = new NettraceReader(blocks, _events);
        try
        {
            var summary = _reader.Read(cancellation);
            return new ReadingSummary(summary.Terminated, summary.LostEvents, _events.EndSeconds(summary.LastTimestamp))
            {
                ImpossibleEvents = _events.Impossible,
                DroppedStacks = summary.DroppedStacks,
                BufferedBytes = summary.BufferedBytes,
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
        /// <summary>Times may go back a little where the reader had to deliver events before all earlier ones had arrived.</summary>
        private const double MaxStepBack = 1;

        private readonly EventDispatcher _dispatcher = new(visitor);
        private TraceObject? _trace;
        private ulong _processId;
        private double _lastSeconds;
        private long _impossibleTimes;

        public long Impossible => _dispatcher.Impossible + _impossibleTimes;

        public double EndSeconds(long lastTimestamp) =>
            lastTimestamp != 0 && _trace!.SecondsAt(lastTimestamp) is var seconds && Bounds.IsTime(seconds) ? seconds : _lastSeconds;

        public void Begin(TraceObject trace)
        {
            _trace = trace;
            visitor.Begin(new RecordingHeader(trace.StartedAt, trace.ProcessId, trace.ProcessorCount, trace.PointerSize));
        }

        public object? Subscribe(EventType type) => _dispatcher.Find(type.Kind);

        public void Visit(in NettraceEvent data)
        {
            if (data.ProcessId != _processId && data.Type.Kind.Provider == Providers.Runtime)
                RequireOneProcess(data.ProcessId);
            var recorded = RecordedEvent.Of(data, _trace!);
            if (!Bounds.IsTime(recorded.Seconds))
                _impossibleTimes++;
            else if (data.Type.Kind.Provider == Providers.Rundown)
                VisitRundown(recorded, (EventReceiver)data.Subscription);
            else
                VisitInOrder(recorded, (EventReceiver)data.Subscription);
        }

        private void VisitRundown(in RecordedEvent recorded, EventReceiver receiver)
        {
            visitor.Rundown(recorded.Seconds);
            receiver(recorded);
        }

        // Visitors rely on times that never go back, and on none before the start: a damaged stream may have both.
        private void VisitInOrder(in RecordedEvent recorded, EventReceiver receiver)
        {
            if (recorded.Seconds < _lastSeconds - MaxStepBack)
                _impossibleTimes++;
            _lastSeconds = Math.Max(_lastSeconds, recorded.Seconds);
            visitor.Happened(_lastSeconds);
            receiver(recorded with { Seconds = _lastSeconds });
        }

        public void Missing(ulong thread) => visitor.Lost();

        private void RequireOneProcess(ulong processId)
        {
            if (_processId != 0 && processId != 0)
                throw new SeveralProcessesException();
            _processId = Math.Max(_processId, processId);
        }
    }
}
