using Microsoft.Diagnostics.Tracing;

using Memtrace.Events;

namespace Memtrace.Reading;

/// <summary>An event of one kind whose payload the receiver decodes itself. One object serves all events of its kind, one after the other.</summary>
internal sealed unsafe class RawEvent : TraceEvent
{
    private Action<RawEvent>? _receiver;

    /// <summary>Sends the events of <paramref name="provider"/> with <paramref name="id"/> to <paramref name="receiver"/>.</summary>
    public RawEvent(Guid provider, string providerName, int id, Action<RawEvent> receiver)
        : base(id, 0, string.Empty, Guid.Empty, 0, string.Empty, provider, providerName) => _receiver = receiver;

    /// <summary>Seconds after the session's beginning.</summary>
    public double Seconds => TimeStampRelativeMSec / 1000;

    /// <summary>A cursor at the payload's beginning.</summary>
    public Payload Payload => PayloadOf(EventDataLength);

    /// <summary>A cursor at the payload's beginning, where it is known to have <paramref name="size"/> bytes.</summary>
    public Payload PayloadOf(int size) => new(new ReadOnlySpan<byte>((void*)DataStart, size), PointerSize);

    /// <inheritdoc/>
    public override string[] PayloadNames => [];

    /// <inheritdoc/>
    protected override Delegate? Target
    {
        get => _receiver;
        set => _receiver = (Action<RawEvent>?)value;
    }

    /// <inheritdoc/>
    public override object? PayloadValue(int index) => null;

    /// <inheritdoc/>
    protected override void Dispatch() => _receiver?.Invoke(this);
}
