namespace Memtrace.Nettrace;

/// <summary>The header of one event (NetTraceFormat.md, "Event rows").</summary>
internal struct EventHeader
{
    public int MetadataId;
    public uint SequenceNumber;
    public ulong CaptureThread;
    public uint Processor;
    public ulong Thread;
    public uint StackId;
    public long Timestamp;
    public bool IsSorted;
    public int PayloadSize;
}

/// <summary>The fields present in a compressed header (NetTraceFormat.md, "Header compression"; NetTraceFormat_v5.md for 32).</summary>
[Flags]
internal enum EventHeaderFields : byte
{
    None = 0,
    MetadataId = 1,
    CaptureThreadAndSequence = 2,
    Thread = 4,
    StackId = 8,

    /// <summary>Up to format 5 an activity id of 16 bytes, from format 6 on the id of a label list.</summary>
    ActivityIdOrLabelList = 16,
    RelatedActivityId = 32,
    Sorted = 64,
    PayloadSize = 128,
}
