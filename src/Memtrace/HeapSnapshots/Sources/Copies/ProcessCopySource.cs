using System.Globalization;
using Memtrace.Processes;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>Copies the memory of a process and reads the copy (<see cref="CopyHeapSource"/>), in a process of its own.</summary>
/// <param name="processId">The process.</param>
/// <param name="options">How.</param>
/// <param name="cancellation">Cancels the operation.</param>
/// <exception cref="HeapSnapshotException">It cannot be copied or read.</exception>
/// <exception cref="OperationCanceledException">It was cancelled.</exception>
internal delegate HeapSnapshot CopyReader(int processId, CopyOptions options, CancellationToken cancellation);

/// <summary>Takes a snapshot of a running process from a copy of its memory. The process is paused only while its memory is copied.</summary>
/// <param name="target">The process.</param>
/// <param name="options">How.</param>
/// <param name="reader">Copies and reads.</param>
/// <param name="progress">Receives the progress.</param>
internal sealed class ProcessCopySource(Target target, CopyOptions options, CopyReader reader, HeapProgress progress)
{
    /// <summary>Takes it.</summary>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="HeapSnapshotException">It cannot be copied or read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<HeapSnapshot> TakeAsync(CancellationToken cancellation)
    {
        var subject = new SnapshotSubject(target);
        progress.Phase = HeapPhase.Copying;
        try
        {
            var snapshot = await Task.Run(() => reader(target.ProcessId, options, cancellation), cancellation);
            return new HeapSnapshot(snapshot.Graph, subject.AddTo(snapshot.Facts));
        }
        catch (HeapSnapshotException failure) when (LinuxProcess.Open(target.ProcessId) is null or { IsZombie: true })
        {
            throw new TargetException(TargetError.Exited, string.Create(CultureInfo.InvariantCulture, $"Process {target.ProcessId} ({target.Description.Name}) has exited."), failure);
        }
    }
}
