using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Microsoft.Diagnostics.Tracing;

namespace Memtrace.Reading;

/// <summary>
/// The call stack of an event while it is dispatched, leaf first.
/// </summary>
/// <remarks>
/// TraceEvent has no public way to a stack while streaming. Behind each event stands an EVENT_RECORD, whose layout is the fixed
/// ABI of evntcons.h (ExtendedDataCount at byte 84, UserDataLength at 86, ExtendedData at 88, then UserData); the stack is an
/// extended data item of type 5 (32-bit addresses) or 6 (64-bit addresses): a match id of 8 bytes, then the addresses.
/// The field that points to the record is not public, so every step is checked and a surprise is an exception, not a wrong stack.
/// </remarks>
internal sealed unsafe class EventStack
{
    private const int ExtendedDataCountOffset = 84;
    private const int UserDataLengthOffset = 86;
    private const int ExtendedDataOffset = 88;
    private const int ItemSize = 16;
    private const int ItemTypeOffset = 2;
    private const int ItemDataSizeOffset = 6;
    private const int ItemDataOffset = 8;
    private const int MatchIdSize = 8;
    private const int Stack32 = 5;
    private const int Stack64 = 6;

    private delegate nint RecordOf(TraceEvent data);

    private static readonly RecordOf Record = AccessEventRecord();

    private ulong[] _widened = [];

    /// <summary>The addresses of the stack of <paramref name="data"/>, leaf first; empty where it has none. Valid while the event is.</summary>
    /// <exception cref="NotSupportedException">The version of TraceEvent in use keeps its records in another way.</exception>
    public ReadOnlySpan<ulong> Of(TraceEvent data)
    {
        var record = (byte*)Record(data);
        if (record == null || *(nint*)(record + ExtendedDataOffset + sizeof(nint)) != data.DataStart
            || *(ushort*)(record + UserDataLengthOffset) != data.EventDataLength)
            throw Unexpected("the event record does not describe the event");

        int count = *(ushort*)(record + ExtendedDataCountOffset);
        var item = *(byte**)(record + ExtendedDataOffset);
        for (var i = 0; i < count; i++, item += ItemSize)
        {
            int type = *(ushort*)(item + ItemTypeOffset);
            if (type is Stack32 or Stack64)
                return Addresses(*(byte**)(item + ItemDataOffset) + MatchIdSize, *(ushort*)(item + ItemDataSizeOffset) - MatchIdSize, type);
        }

        return default;
    }

    private ReadOnlySpan<ulong> Addresses(byte* start, int bytes, int type)
    {
        var width = type == Stack64 ? sizeof(ulong) : sizeof(uint);
        if (bytes < 0 || bytes % width != 0)
            throw Unexpected("a stack has a broken length");
        if (type == Stack64)
            return new ReadOnlySpan<ulong>(start, bytes / width);

        var addresses = new ReadOnlySpan<uint>(start, bytes / width);
        if (_widened.Length < addresses.Length)
            _widened = new ulong[addresses.Length * 2];
        for (var i = 0; i < addresses.Length; i++)
            _widened[i] = addresses[i];
        return _widened.AsSpan(0, addresses.Length);
    }

    /// <summary>Compiles <c>(nint)data.eventRecord</c>; an unsafe accessor cannot name a field of pointer type.</summary>
    private static RecordOf AccessEventRecord()
    {
        var field = typeof(TraceEvent).GetField("eventRecord", BindingFlags.Instance | BindingFlags.NonPublic);
        if (field is null || !field.FieldType.IsPointer)
            throw Unexpected("an event has no pointer to its record");
        var method = new DynamicMethod("EventRecordOf", typeof(nint), [typeof(TraceEvent)], typeof(TraceEvent), skipVisibility: true);
        var code = method.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldfld, field);
        code.Emit(OpCodes.Conv_I);
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<RecordOf>();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static NotSupportedException Unexpected(string what) =>
        new($"Call stacks cannot be read with {typeof(TraceEvent).Assembly.GetName()}: {what}.");
}
