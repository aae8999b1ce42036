using System.Runtime.InteropServices;

namespace Memtrace.Events;

/// <summary>A range in which everything survived a collection in place. Laid out as in the 64-bit event.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct SurvivingRange(ulong Start, ulong Length);

/// <summary>A range in which everything survived a collection and was moved. Laid out as in the 64-bit event.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct MovedRange(ulong From, ulong To, ulong Length);

/// <summary>GCBulkSurvivingObjectRanges. The events in this file come from the runtime's provider. Valid only while the event is dispatched.</summary>
internal readonly ref struct SurvivingRanges
{
    public const int Id = 21;

    /// <summary>Seconds after the start of the session.</summary>
    public required double Seconds { get; init; }

    /// <summary>The ranges.</summary>
    public required ReadOnlySpan<SurvivingRange> Ranges { get; init; }

    /// <summary>Whether the event holds fewer ranges than it declares.</summary>
    public required bool Incomplete { get; init; }
}

/// <summary>GCBulkMovedObjectRanges. Valid only while the event is dispatched.</summary>
internal readonly ref struct MovedRanges
{
    public const int Id = 22;

    /// <summary>Seconds after the start of the session.</summary>
    public required double Seconds { get; init; }

    /// <summary>The ranges.</summary>
    public required ReadOnlySpan<MovedRange> Ranges { get; init; }

    /// <summary>Whether the event holds fewer ranges than it declares.</summary>
    public required bool Incomplete { get; init; }
}

/// <summary>
/// Reads surviving and moved ranges: an index of the event, a count of 32 bits, the runtime's instance, then the ranges. Layouts: ClrEtwAll.man of
/// dotnet/runtime. A result is valid until the next call. Not thread-safe.
/// </summary>
internal sealed class SurvivalReader
{
    private SurvivingRange[] _surviving = [];
    private MovedRange[] _moved = [];

    /// <summary>Each range is a pointer and a length of 64 bits.</summary>
    public SurvivingRanges ReadSurviving(in RecordedEvent data)
    {
        var payload = AtFirstRange(data, data.PointerSize + sizeof(ulong), out var count, out var incomplete);
        return new SurvivingRanges { Seconds = data.Seconds, Ranges = Ranges(payload, count, ref _surviving, static (ref payload) => new(payload.ReadPointer(), payload.ReadUInt64())), Incomplete = incomplete };
    }

    /// <summary>Each range is two pointers and a length of 64 bits.</summary>
    public MovedRanges ReadMoved(in RecordedEvent data)
    {
        var payload = AtFirstRange(data, (2 * data.PointerSize) + sizeof(ulong), out var count, out var incomplete);
        return new MovedRanges { Seconds = data.Seconds, Ranges = Ranges(payload, count, ref _moved, static (ref payload) => new(payload.ReadPointer(), payload.ReadPointer(), payload.ReadUInt64())), Incomplete = incomplete };
    }

    private static Payload AtFirstRange(in RecordedEvent data, int rangeSize, out int count, out bool incomplete)
    {
        var payload = data.Payload;
        payload.ReadUInt32();
        var declared = payload.ReadUInt32();
        payload.ReadUInt16();
        count = (int)Math.Min(declared, payload.Remaining / rangeSize);
        incomplete = count != declared;
        return payload;
    }

    // Ranges of 64-bit processes lie in the event as they do here; those of others are copied.
    private static ReadOnlySpan<T> Ranges<T>(Payload payload, int count, ref T[] copied, RangeReader<T> read)
        where T : struct
    {
        if (payload.PointerSize == sizeof(ulong))
            return MemoryMarshal.Cast<byte, T>(payload.ReadBytes(payload.Remaining))[..count];
        if (copied.Length < count)
            copied = new T[count * 2];
        for (var i = 0; i < count; i++)
            copied[i] = read(ref payload);
        return copied.AsSpan(0, count);
    }

    private delegate T RangeReader<T>(ref Payload payload);
}

/// <summary>GCGenerationRange: a region or part of a segment, sent before and after each collection. Generation 3 is the large, 4 the pinned object heap.</summary>
internal readonly record struct GenerationRange(double Seconds, int ThreadId, int Generation, ulong Start, ulong UsedBytes, ulong ReservedBytes) : IBounded
{
    public const int Id = 23;

    /// <inheritdoc/>
    public bool IsPossible => UsedBytes <= Bounds.MaxBytes && ReservedBytes <= Bounds.MaxBytes;

    public static bool TryRead(in RecordedEvent data, out GenerationRange range)
    {
        var payload = data.Payload;
        range = new GenerationRange(
            data.Seconds, data.ThreadId, payload.ReadByte(), payload.ReadPointer(), payload.ReadUInt64(), payload.ReadUInt64());
        return !payload.Overrun;
    }
}

/// <summary>Kinds of roots that a collection marks from. The values are the runtime's (gc.h of dotnet/runtime); the other kinds are of no interest here.</summary>
internal enum MarkedRootKind
{
    Stack = 0,

    /// <summary>Objects that earlier collections found dead, and whose finalizers have not run yet.</summary>
    FinalizerQueue = 1,

    /// <summary>Objects that this collection found dead, and that have finalizers. Marked after all other roots, so nothing else holds what they refer to.</summary>
    NewInFinalizerQueue = 7,
}

/// <summary>MarkWithType: a GC thread has finished marking from one kind of root.</summary>
internal readonly record struct MarkedRoots(double Seconds, int ThreadId)
{
    public const int Id = 202;

    /// <summary>What it marked from.</summary>
    public MarkedRootKind Kind { get; init; }

    /// <summary>Bytes of the objects that it was the first to reach; null if the figure is missing or impossible.</summary>
    public long? Bytes { get; init; }

    /// <summary>The heap, the instance, the kind, bytes.</summary>
    public static MarkedRoots Read(in RecordedEvent data)
    {
        var payload = data.Payload;
        payload.ReadInt32();
        payload.ReadUInt16();
        var (kind, bytes) = ((MarkedRootKind)payload.ReadInt32(), payload.ReadInt64());
        var roots = new MarkedRoots(data.Seconds, data.ThreadId);
        return payload.Overrun ? roots : roots with { Kind = kind, Bytes = Bounds.IsSize(bytes) ? bytes : null };
    }
}
