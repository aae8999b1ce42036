using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace Memtrace.Reading;

/// <summary>
/// Reads a recording, or the live stream of a session, once from its beginning to its end and shows each event to a visitor, in order of time.
/// Memory does not grow with the stream's length, and no event costs an allocation.
/// </summary>
internal sealed class RecordingReader(RecordingVisitor visitor)
{
    private EventPipeEventSource? _source;
    private LostEvents? _lost;
    private readonly EventFraming _framing = new(visitor.Lost);
    private bool _begun;

    /// <summary>Events that the runtime dropped up to the present place in the stream.</summary>
    public long LostEvents => _lost?.Count ?? 0;

    /// <summary>Reads <paramref name="stream"/>, which stands at its beginning, and disposes it.</summary>
    /// <exception cref="RecordingException">The stream is empty, is no nettrace stream, or breaks off before its first event.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public ReadingSummary Read(Stream stream, CancellationToken cancellation = default)
    {
        using var whole = new TruncatedStream(stream, cancellation);
        using var source = new EventPipeEventSource(whole);
        _source = source;
        _lost = new LostEvents(source);
        Register(source);
        var intact = Process(source, whole);
        if (!_begun)
            Begin(processId: 0);
        return new ReadingSummary(intact && whole.Terminated, _lost.Count, source.SessionEndTimeRelativeMSec / 1000);
    }

    private void Register(EventPipeEventSource source)
    {
        var happened = new EventRegistry(source, Note);
        new AllocationDecoder(visitor).Register(happened);
        new CollectionDecoder(visitor).Register(happened);
        new SurvivalDecoder(visitor, _framing).Register(happened);
        new CodeDecoder(visitor).Register(happened);
        new ProcessDecoder(visitor).Register(happened);
        new BreakdownDecoder(visitor).Register(happened);
    }

    /// <summary>Whether the source could be parsed to its end. A damaged one keeps what was dispatched before the damage.</summary>
    private static bool Process(EventPipeEventSource source, TruncatedStream whole)
    {
        try
        {
            return source.Process();
        }
        catch (UnsupportedFormatVersionException e)
        {
            throw new RecordingException($"The recording is of format version {e.RequestedVersion}, which this version cannot read.", e);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            if (whole.IsEmpty)
                throw new RecordingException("The file is empty.", e);
            if (!whole.IsNettrace)
                throw new RecordingException("The file is not a .nettrace recording.", e);
            if (whole.Blocks == 0)
                throw new RecordingException("The recording breaks off before its first event.", e);
            return false;
        }
    }

    private void Note(RawEvent data)
    {
        if (!_begun)
            Begin(data.ProcessID);
        if (data.ProviderGuid == ClrRundownTraceEventParser.ProviderGuid)
            visitor.Rundown(data.Seconds);
        else
            visitor.Happened(data.Seconds);
    }

    private void Begin(int processId)
    {
        _begun = true;
        _lost!.Attach();
        _framing.Attach(_source!);
        var startedAt = new DateTimeOffset(_source!.SessionStartTime.ToUniversalTime());
        visitor.Begin(new RecordingHeader(startedAt, processId, _source.NumberOfProcessors, _source.PointerSize));
    }
}
