namespace Memtrace.HeapSnapshots;

/// <summary>How a snapshot of a process's heap is taken.</summary>
public sealed record HeapRequest
{
    /// <summary>The most that events may take in the process while they wait to be sent, in MB.</summary>
    public int BufferSizeMB { get; init; } = 1024;

    /// <summary>Whether to ask for references and roots. Without them, objects and bytes by type are all that is known (from .NET 10 on).</summary>
    public bool References { get; init; } = true;
}
