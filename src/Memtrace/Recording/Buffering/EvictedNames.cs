using System.Buffers.Binary;
using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Recording.Buffering;

/// <summary>
/// The evicted events that name code. Those of methods and modules that were unloaded before the buffered events are forgotten. If the rest is too large, the
/// oldest are dropped; the rundown at the end names what still exists.
/// </summary>
/// <param name="settling">How long after an unload, in ticks, events through that code can be buffered.</param>
internal sealed class EvictedNames(long settling) : IDisposable
{
    private const long MaxSize = 32 << 20;

    /// <summary>What remains when the oldest are dropped: less than the maximum, so that this is not done again for each event.</summary>
    private const long SizeAfterDropping = MaxSize / 4 * 3;

    /// <summary>What takes less is not searched for unloaded code.</summary>
    private const long LeastSize = 4 << 20;

    private readonly Dictionary<int, EventKind> _kinds = [];

    /// <summary>Where each method and module was last unloaded. Ids are used again, so an unload ends what came before it only.</summary>
    private readonly Dictionary<ulong, long> _unloads = [];

    private EventSpool _events = new();
    private long _nextSweep = LeastSize;

    /// <summary>The events, in order. Nothing may be added meanwhile.</summary>
    public IEnumerable<SymbolEvent> Events
    {
        get
        {
            var events = _events.Read();
            while (events.Read())
                yield return new SymbolEvent(events.MetadataId, events.Thread, events.Timestamp, events.Payload.ToArray());
        }
    }

    /// <summary>Learns the declarations of a metadata block. Events that are not declared are kept.</summary>
    /// <param name="framing">The recording's framing.</param>
    /// <param name="block">The block's payload.</param>
    public void Declare(NettraceFraming framing, ReadOnlySpan<byte> block)
    {
        try
        {
            EventMetadata.Read(framing, block, type => _kinds[type.MetadataId] = type.Kind);
        }
        catch (NettraceException)
        {
            // The reader of the stream reports damage.
        }
    }

    /// <summary>Adds an event.</summary>
    /// <param name="e">The event.</param>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Add(in SymbolEvent e)
    {
        _events.Add(e.MetadataId, e.Thread, e.Timestamp, e.Payload);
        if (_events.Size <= _nextSweep)
            return;
        ForgetUnloaded(e.Timestamp - settling);
        if (_events.Size - SizeAfterDropping is > 0 and var excess)
            Keep(item => item.Position >= excess);
        _nextSweep = Math.Clamp(4 * _events.Size, LeastSize, MaxSize);
    }

    public void Dispose() => _events.Dispose();

    private void ForgetUnloaded(long before)
    {
        FindUnloads(before);
        if (_unloads.Count == 0)
            return;
        FindMethodsOfUnloadedModules(before);
        Keep(item => KindOf(item, before) is not { } kind || (!IsUnload(kind) && !(_unloads.TryGetValue(IdOf(item), out var unload) && unload > item.Position)));
        _unloads.Clear();
    }

    private void FindUnloads(long before)
    {
        var events = _events.Read();
        while (events.Read())
        {
            if (KindOf(events, before) is { } kind && IsUnload(kind))
                _unloads[IdOf(events)] = events.Position;
        }
    }

    /// <summary>The methods of a collectible assembly are unloaded with its module, without events of their own.</summary>
    private void FindMethodsOfUnloadedModules(long before)
    {
        var events = _events.Read();
        while (events.Read())
        {
            if (KindOf(events, before) is { } kind && IsMethod(kind) && ModuleOf(events) is { } module && _unloads.TryGetValue(module, out var unload) && unload > events.Position)
                _unloads[IdOf(events)] = Math.Max(unload, _unloads.GetValueOrDefault(IdOf(events)));
        }
    }

    private void Keep(Predicate<EventSpoolReader> isKept)
    {
        var kept = new EventSpool();
        try
        {
            var events = _events.Read();
            while (events.Read())
            {
                if (isKept(events))
                    kept.Add(events.MetadataId, events.Thread, events.Timestamp, events.Payload);
            }
        }
        catch
        {
            kept.Dispose();
            throw;
        }

        _events.Dispose();
        _events = kept;
    }

    /// <returns>Null if the event must be kept: it is too recent, or it is not known what it means.</returns>
    private EventKind? KindOf(EventSpoolReader e, long before) =>
        e.Timestamp < before && e.Payload.Length >= sizeof(ulong) && _kinds.TryGetValue(e.MetadataId, out var kind) ? kind : null;

    /// <summary>The id of the method or module: the first field of all events about code.</summary>
    private static ulong IdOf(EventSpoolReader e) => BinaryPrimitives.ReadUInt64LittleEndian(e.Payload);

    private static ulong? ModuleOf(EventSpoolReader e) =>
        e.Payload.Length >= 2 * sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(e.Payload[sizeof(ulong)..]) : null;

    private static bool IsUnload(EventKind kind) => kind is { Provider: Providers.Runtime, EventId: MethodCode.UnloadId or ModuleCode.UnloadId };

    private static bool IsMethod(EventKind kind) => kind
        is { Provider: Providers.Runtime, EventId: MethodCode.LoadId }
        or { Provider: Providers.Rundown, EventId: MethodCode.RundownStartId or MethodCode.RundownEndId };
}
