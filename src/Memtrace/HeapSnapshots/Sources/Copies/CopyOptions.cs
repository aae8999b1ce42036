using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>How the memory of a process is copied and read.</summary>
internal sealed record CopyOptions
{
    /// <summary>How the copy is read.</summary>
    public DumpOptions Reading { get; init; } = new();

    /// <summary>The folder on a disk to keep the copy in; null for memory.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether what is in large arrays without references is not copied: only their sizes are wanted.</summary>
    public bool LeavesOutContents => !Reading.WithValues || Reading.Content == HeapContent.Histogram;

    /// <summary>How many times the process is stopped at most, until that is at a moment when no collection is under way.</summary>
    public int MostStops { get; init; } = 8;
}
