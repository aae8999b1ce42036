namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>How a dump is read.</summary>
internal sealed record DumpOptions
{
    /// <summary>The runtime's libmscordaccore.so, or its folder; null to search for it.</summary>
    public string? Library { get; init; }

    /// <summary>What is read.</summary>
    public HeapContent Content { get; init; }

    /// <summary>Whether the characters of strings and the messages of exceptions are wanted.</summary>
    public bool WithValues { get; init; } = true;

    /// <summary>
    /// Whether what may crash the runtime's library is left out: looking up types by their names or in the runtime's own memory. Then fields inside of structs, and those
    /// of generic classes without objects, have no names.
    /// </summary>
    public bool IsCautious { get; init; }
}

/// <summary>
/// Reads the heap of a process from its memory: a core dump of Linux. What reads it is a library of the runtime's own build, which is loaded into this process
/// (<see cref="DataAccess"/>); a program that must survive a faulty one does this in a child process.
/// </summary>
internal static class DumpHeapSource
{
    /// <summary>Whether a file is a dump, by its first bytes.</summary>
    /// <param name="beginning">The bytes; 18 suffice.</param>
    public static bool IsOne(ReadOnlySpan<byte> beginning) => ElfNotes.IsCoreFile(beginning);

    /// <summary>Reads a dump.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="HeapSnapshotException">It holds no heap, or one that cannot be read here.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static HeapSnapshot Read(string file, DumpOptions options, HeapProgress progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        progress.Restart(HeapPhase.Building);
        using var core = new CoreReader(file, options);
        if (!core.HasHeap)
            throw new HeapSnapshotException("The dump does not contain the heap. Take one of the type Heap or Full (DOTNET_DbgMiniDumpType=2 or 4).");
        if (!core.CanBeWalked)
            throw new HeapSnapshotException("The dump was taken in the middle of a collection, and its heap cannot be read. Take another one.");
        return core.Read(progress, cancellation);
    }
}
