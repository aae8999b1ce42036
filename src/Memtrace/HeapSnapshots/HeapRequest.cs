namespace Memtrace.HeapSnapshots;

/// <summary>What a snapshot of a heap holds.</summary>
internal enum HeapContent
{
    /// <summary>Objects, what they refer to, and roots.</summary>
    Graph,

    /// <summary>Objects only. What holds them is not known.</summary>
    Histogram,
}

/// <summary>How a snapshot of a process's heap is taken.</summary>
internal sealed record HeapRequest
{
    /// <summary>The largest <see cref="BufferSizeMB"/>.</summary>
    public const int MostBufferSizeMB = 4096;

    /// <summary>The most that events may take in the process while they wait to be sent, in MB.</summary>
    public int BufferSizeMB { get; init; } = 1024;

    /// <summary>What to ask for. Before .NET 10, the runtime sends everything anyway.</summary>
    public HeapContent Content { get; init; }
}
