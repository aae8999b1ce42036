using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using Microsoft.Diagnostics.Tracing;

namespace Memtrace.Reading;

/// <summary>
/// What the stream's framing says about the event that is being dispatched: its true size, and whether events of its thread are missing before it.
/// </summary>
/// <remarks>
/// <para>
/// TraceEvent hands out the size in 16 bits (EVENT_RECORD has no more), while the runtime's GCBulkSurvivingObjectRanges exceeds 64 KB. Its parser
/// reads the size from the event's header in 32 bits, keeps it in the header that it passes to its own event OnEvent, and steps over the payload by it
/// inside the block's buffer, which stays until all events of the block are dispatched. So the payload stands in one piece behind
/// <see cref="TraceEvent.DataStart"/>, this many bytes of it. The size is believed only where its lower 16 bits are those that TraceEvent tells.
/// </para>
/// <para>
/// Neither header nor event is public, so both are looked up by name once, and a surprise is an exception, not a wrong size. The receiver is put in front
/// of the parser's own. The sequence numbers are each capture thread's; one that goes back is a new thread with the id of an old one.
/// </para>
/// </remarks>
/// <param name="lost">Called before an event is dispatched, where others of its thread are missing.</param>
internal sealed class EventFraming(Action lost)
{
    private readonly Dictionary<long, int> _sequenceNumbers = [];
    private int _payloadSize = -1;

    /// <summary>The size of the dispatched event's payload, of which TraceEvent tells <paramref name="truncated"/>, the lower 16 bits.</summary>
    public int PayloadSize(int truncated) => (ushort)_payloadSize == truncated && _payloadSize > 0 ? _payloadSize : truncated;

    /// <summary>Begins to listen; from the event after the one under way on. The parser's cache exists from the stream's header on.</summary>
    /// <exception cref="NotSupportedException">The version of TraceEvent in use passes its headers in another way.</exception>
    public void Attach(EventPipeEventSource source)
    {
        const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var cache = typeof(EventPipeEventSource).GetProperty("EventCache", Members)?.GetValue(source);
        var receivers = cache?.GetType().GetField("OnEvent", Members);
        var header = receivers?.FieldType.GetMethod("Invoke")?.GetParameters() is [{ ParameterType: { IsByRef: true } byRef }] ? byRef.GetElementType() : null;
        var size = header?.GetField("PayloadSize", Members);
        var sequence = header?.GetField("SequenceNumber", Members);
        var thread = header?.GetField("CaptureThreadIndexOrId", Members);
        if (size?.FieldType != typeof(int) || sequence?.FieldType != typeof(int) || thread?.FieldType != typeof(long))
            throw new NotSupportedException($"Event sizes cannot be read with {typeof(TraceEvent).Assembly.GetName()}.");

        var listener = Listener(receivers!.FieldType, header!, size, sequence, thread);
        receivers.SetValue(cache, Delegate.Combine(listener, (Delegate?)receivers.GetValue(cache)));
    }

    /// <summary>Compiles <c>(ref EventPipeEventHeader header) => Note(header.PayloadSize, header.SequenceNumber, header.CaptureThreadIndexOrId)</c>.</summary>
    private Delegate Listener(Type type, Type header, FieldInfo size, FieldInfo sequence, FieldInfo thread)
    {
        var method = new DynamicMethod("NoteHeader", null, [typeof(EventFraming), header.MakeByRefType()], typeof(EventFraming), skipVisibility: true);
        var code = method.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        foreach (var field in new[] { size, sequence, thread })
        {
            code.Emit(OpCodes.Ldarg_1);
            code.Emit(OpCodes.Ldfld, field);
        }

        code.Emit(OpCodes.Call, ((Action<int, int, long>)Note).Method);
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate(type, this);
    }

    private void Note(int payloadSize, int sequenceNumber, long captureThread)
    {
        _payloadSize = payloadSize;
        ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(_sequenceNumbers, captureThread, out var known);
        var gap = unchecked(sequenceNumber - 1 - last);
        last = sequenceNumber;
        if (known && gap > 0)
            lost();
    }
}
