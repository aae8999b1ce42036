using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Memtrace.Profiles;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Counts timers by what they call, and when.</summary>
/// <param name="runtime">The runtime.</param>
/// <param name="nameOf">The readable name of a type.</param>
internal sealed class TimerCensus(ClrRuntime runtime, Func<ClrType?, string> nameOf)
{
    private const int MostGroups = 500;
    private const int MostCallbacks = 10_000;
    private const string UnknownMethod = "(unknown method)";

    private readonly Dictionary<Key, long> _counts = [];
    private readonly Dictionary<ulong, string> _callbacks = [];

    /// <summary>The result.</summary>
    public DumpedTimers Result() => new()
    {
        Groups =
        [
            .. _counts.Select(item => new TimerGroup(item.Key.Callback, item.Key.State, item.Key.Due, item.Key.Period, item.Value))
                .OrderByDescending(group => group.Count)
                .ThenBy(group => group.Callback, StringComparer.Ordinal)
                .ThenBy(group => group.DueMs)
                .Take(MostGroups),
        ],
        GroupCount = _counts.Count,
        Count = _counts.Values.Sum(),
    };

    /// <summary>Counts timers; null for other types.</summary>
    /// <param name="type">The type.</param>
    public IObjectCensus? Of(ClrType type) =>
        type.Name == "System.Threading.TimerQueueTimer"
        && ObjectParts.OffsetOf(type, "_dueTime") is { } due
        && ObjectParts.OffsetOf(type, "_period") is { } period
        && ObjectParts.OffsetOf(type, "_timerCallback") is { } callback
        && ObjectParts.OffsetOf(type, "_state") is { } state
            ? new TypeCensus(this, new Fields(due, period, callback, state, ObjectParts.OffsetOf(type, "_canceled")))
            : null;

    private IDataReader Memory => runtime.DataTarget.DataReader;

    private void Add(ulong address, Fields fields)
    {
        if (fields.Cancelled is { } cancelled && Memory.Read(address + (ulong)cancelled, out byte flag) && flag != 0)
            return;
        var key = new Key(
            CallbackOf(Memory.ReadPointer(address + (ulong)fields.Callback)),
            Memory.ReadPointer(address + (ulong)fields.State) is not 0 and var state ? nameOf(runtime.Heap.GetObjectType(state)) : null,
            TimeAt(address + (ulong)fields.Due),
            TimeAt(address + (ulong)fields.Period));
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _)++;
    }

    private string CallbackOf(ulong address)
    {
        if (_callbacks.TryGetValue(address, out var known))
            return known;
        var method = runtime.Heap.GetObject(address) is { IsDelegate: true } found ? found.AsDelegate().GetDelegateTarget()?.Method : null;
        var name = method is null ? UnknownMethod : DumpMethodName.Of(method);
        if (_callbacks.Count < MostCallbacks)
            _callbacks.Add(address, name);
        return name;
    }

    /// <summary>Milliseconds; null for none.</summary>
    private long? TimeAt(ulong address) => Memory.Read(address, out uint time) && time != uint.MaxValue ? time : null;

    private sealed class TypeCensus(TimerCensus all, Fields fields) : IObjectCensus
    {
        public void Add(ulong address, long size) => all.Add(address, fields);
    }

    private sealed record Fields(int Due, int Period, int Callback, int State, int? Cancelled);

    private readonly record struct Key(string Callback, string? State, long? Due, long? Period);
}
