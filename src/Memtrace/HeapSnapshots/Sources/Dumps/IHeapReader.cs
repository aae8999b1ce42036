using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Reads the heap in a dump. Not thread-safe.</summary>
internal interface IHeapReader : IDisposable
{
    /// <summary>How much of the heap could not be read as objects, in bytes.</summary>
    long UnreadBytes { get; }

    /// <summary>Reads it.</summary>
    /// <param name="facts">What is known of the process.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    HeapSnapshot Read(HeapSnapshotFacts facts, CancellationToken cancellation);
}
