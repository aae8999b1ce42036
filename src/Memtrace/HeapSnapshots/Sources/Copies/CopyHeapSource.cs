using System.Globalization;
using Memtrace.HeapSnapshots.Sources.Dumps;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>
/// Reads the heap of a running process from a copy of its memory. The process is stopped while its memory is copied, and no longer. What reads the copy is a library
/// of the runtime's own build, loaded into this process (<see cref="DataAccess"/>); and when this process ends, the kernel resumes the other one. So a program
/// does this in a child process.
/// </summary>
/// <param name="processId">The process.</param>
/// <param name="options">How.</param>
/// <param name="progress">Receives the progress.</param>
internal sealed class CopyHeapSource(int processId, CopyOptions options, HeapProgress progress)
{
    /// <summary>
    /// Objects that threads were about to write when they were stopped, in bytes; if more than that cannot be read, the moment was unsuitable.
    /// </summary>
    private const long MostUnread = 1 << 20;

    private const int ShortestWaitMs = 1, LongestWaitMs = 20;

    private bool _leavesOutContents = options.LeavesOutContents;

    /// <summary>Takes it.</summary>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="HeapSnapshotException">It cannot be stopped, copied or read.</exception>
    /// <exception cref="IOException">It is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">Its memory map may not be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public HeapSnapshot Take(CancellationToken cancellation)
    {
        var stopped = TimeSpan.Zero;
        for (var stops = 1; stops <= options.MostStops; stops++)
        {
            progress.Restart(HeapPhase.Walking);
            using var copy = MemoryCopy.Take(processId, options.Folder, _leavesOutContents ? LargeObjects.Find(processId, options.Reading.Library) : LargeObjects.None);
            var takenAt = DateTimeOffset.UtcNow;
            stopped += copy.Stop;
            progress.Restart(HeapPhase.Building);
            if (TryRead(copy, cancellation) is { } snapshot)
                return new HeapSnapshot(snapshot.Graph, snapshot.Facts with { Source = HeapSnapshotSource.Copy, TakenAt = takenAt, StopSeconds = stopped.TotalSeconds });
            cancellation.WaitHandle.WaitOne(Random.Shared.Next(ShortestWaitMs, LongestWaitMs + 1));
            cancellation.ThrowIfCancellationRequested();
        }

        throw new HeapSnapshotException(string.Create(
            CultureInfo.InvariantCulture,
            $"The process was stopped {options.MostStops} times, {stopped.TotalSeconds:0.00} s in all, and each time its heap was being changed by a collection or could not be read."));
    }

    /// <returns>Null if the heap cannot be read as it was: in the middle of a collection, or too much of it is no objects.</returns>
    private HeapSnapshot? TryRead(MemoryCopy copy, CancellationToken cancellation)
    {
        using var core = new CoreReader(copy.Path, options.Reading, copy.Details);
        if (!core.CanBeWalked)
            return null;
        var snapshot = core.Read(progress, cancellation);
        if (core.UnreadBytes <= MostUnread)
            return snapshot;
        snapshot.Dispose();

        // Objects may have begun where a large one had been found.
        _leavesOutContents = false;
        return null;
    }
}
