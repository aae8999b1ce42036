using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Memtrace.Events.Names;
using Memtrace.Profiles;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Counts calls of async methods that have begun and not ended, by the await that they wait at.</summary>
/// <param name="memory">The memory.</param>
internal sealed class AsyncCensus(IDataReader memory)
{
    private const int MostMethods = 500;
    private const string Builder = "System.Runtime.CompilerServices.AsyncTaskMethodBuilder";
    private const string Box = "StateMachineBox<";
    private const string State = "<>1__state";

    /// <summary>Bits of a task's state: failed, cancelled, ran to its end.</summary>
    private const int Ended = 0x20_0000 | 0x40_0000 | 0x100_0000;

    private readonly Dictionary<Key, Amount> _amounts = [];

    /// <summary>The result.</summary>
    public DumpedCalls Result() => new()
    {
        Methods =
        [
            .. _amounts.Select(item => new PendingMethod(item.Key.Method, item.Key.State, item.Value.Count, item.Value.Bytes))
                .OrderByDescending(method => method.Count)
                .ThenBy(method => method.Method, StringComparer.Ordinal)
                .ThenBy(method => method.State)
                .Take(MostMethods),
        ],
        MethodCount = _amounts.Count,
        Count = _amounts.Values.Sum(amount => amount.Count),
    };

    /// <summary>Counts calls of an async method; null for other types.</summary>
    /// <param name="type">The type.</param>
    public IObjectCensus? Of(ClrType type) =>
        MethodOf(type) is { } method && type.GetFieldByName("StateMachine") is { } machine && ObjectParts.OffsetOf(type, "m_stateFlags") is { } flags
            ? new TypeCensus(this, memory, method, machine, flags)
            : null;

    /// <summary>The method whose calls are objects of a type: its state machine is the argument of the box that a task is.</summary>
    private static string? MethodOf(ClrType type) =>
        type.Name is { } name
        && name.StartsWith(Builder, StringComparison.Ordinal)
        && name.IndexOf(Box, StringComparison.Ordinal) is > 0 and var box
        && name.EndsWith('>')
            ? ReadableNames.Method(DumpTypeName.ToRuntime(name[(box + Box.Length)..^1]), "MoveNext", "")
            : null;

    private sealed class TypeCensus(AsyncCensus all, IDataReader memory, string method, ClrInstanceField machine, int flags) : IObjectCensus
    {
        private int? _stateOffset;

        public void Add(ulong address, long size)
        {
            if (!memory.Read(address + (ulong)flags, out int task) || (task & Ended) != 0)
                return;
            ref var amount = ref CollectionsMarshal.GetValueRefOrAddDefault(all._amounts, new Key(method, StateOf(address)), out _);
            amount = new Amount(amount.Count + 1, amount.Bytes + size);
        }

        // Without optimization, and of async iterators, compilers make a class of the state machine.
        private int? StateOf(ulong box)
        {
            var begin = machine.GetAddress(box);
            if (machine.IsObjectReference)
                begin = memory.ReadPointer(begin);
            if (begin == 0)
                return null;
            _stateOffset ??= machine.IsObjectReference
                ? ObjectParts.OffsetOf(machine.Type?.Heap.GetObjectType(begin), State)
                : machine.Type?.GetFieldByName(State)?.Offset;
            return _stateOffset is { } offset && memory.Read(begin + (ulong)offset, out int state) ? state : null;
        }
    }

    private readonly record struct Key(string Method, int? State);

    private readonly record struct Amount(long Count, long Bytes);
}
