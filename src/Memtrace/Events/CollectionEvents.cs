namespace Memtrace.Events;

/// <summary>How a collection runs relative to the program. The values are the runtime's.</summary>
internal enum CollectionKind
{
    /// <summary>Pauses the program; no background collection is in progress.</summary>
    Blocking = 0,

    /// <summary>Runs concurrently with the program, with two short pauses.</summary>
    Background = 1,

    /// <summary>Pauses the program during a background collection.</summary>
    Foreground = 2,
}

/// <summary>GCStart. The events in this file come from the runtime's provider; layouts: ClrEtwAll.man of dotnet/runtime.</summary>
internal readonly record struct CollectionStart(double Seconds, int Number, int Generation, int Reason, CollectionKind Kind, int ThreadId = 0) : IBounded
{
    public const int Id = 1;

    /// <inheritdoc/>
    public bool IsPossible => Number >= 0 && Generation is >= 0 and <= 2;

    public static CollectionStart Read(in RecordedEvent data)
    {
        var payload = data.Payload;
        return new CollectionStart(
            data.Seconds, payload.ReadInt32(), payload.ReadInt32(), payload.ReadInt32(), (CollectionKind)payload.ReadInt32(), data.ThreadId);
    }
}

/// <summary>GCEnd.</summary>
internal readonly record struct CollectionEnd(double Seconds, int Number, int Generation) : IBounded
{
    public const int Id = 2;

    /// <inheritdoc/>
    public bool IsPossible => Number >= 0 && Generation is >= 0 and <= 2;

    public static CollectionEnd Read(in RecordedEvent data)
    {
        var payload = data.Payload;
        return new CollectionEnd(data.Seconds, payload.ReadInt32(), payload.ReadInt32());
    }
}

/// <summary>GCTriggered: a collection is about to start. Valid only while the event is dispatched.</summary>
internal readonly ref struct CollectionTrigger
{
    public const int Id = 35;

    public required double Seconds { get; init; }

    public required int Reason { get; init; }

    /// <summary>Return addresses, leaf first.</summary>
    public required ReadOnlySpan<ulong> Stack { get; init; }

    public static CollectionTrigger Read(in RecordedEvent data)
    {
        var payload = data.Payload;
        return new CollectionTrigger { Seconds = data.Seconds, Reason = payload.ReadInt32(), Stack = data.Stack };
    }
}

/// <summary>GCFinalizersEnd: the finalizer thread has finished, after <paramref name="Count"/> objects.</summary>
internal readonly record struct FinalizersEnd(double Seconds, long Count)
{
    public const int Id = 13;

    public static FinalizersEnd Read(in RecordedEvent data)
    {
        var payload = data.Payload;
        return new FinalizersEnd(data.Seconds, payload.ReadUInt32());
    }
}
