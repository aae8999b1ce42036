using System.Globalization;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.HeapSnapshots.Sources.Copies;
using Memtrace.Processes;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Commands;

/// <summary>Takes a snapshot of a running process: says what it will cost, asks, and shows how far it is.</summary>
/// <param name="target">The process.</param>
/// <param name="request">How.</param>
internal sealed class ProcessSnapshot(Target target, HeapRequestOptions request)
{
    private readonly HeapProgress _progress = new();

    /// <summary>Takes it.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Null if the user declined.</returns>
    /// <exception cref="CommandException">There is no memory or no right for it.</exception>
    /// <exception cref="HeapSnapshotException">It cannot be taken.</exception>
    /// <exception cref="TargetException">The target refuses, does not answer, or has exited.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<HeapSnapshot?> TakeAsync(CancellationToken cancellation) => request.Copy ? await CopyAsync(cancellation) : await WalkAsync(cancellation);

    private async Task<HeapSnapshot?> WalkAsync(CancellationToken cancellation)
    {
        var cost = request.Ask ? await HeapCost.EstimateAsync(target, cancellation) : HeapCost.Bound(target);
        Require(cost.Shortage is { } shortage ? $"{shortage} Raise the limit, try --no-references, or take the risk with --force." : null);
        if (!await ConfirmAsync($"paused for a full garbage collection and a walk over its heap{cost.Describe()}", cancellation))
            return null;
        var settings = new HeapRequest { Content = request.Content, BufferSizeMB = request.BufferSizeMB ?? cost.BufferSizeMB };
        return await HeapProgressLine.ShowAsync(_progress, new ProcessHeapSource(target, settings, _progress).TakeAsync(cancellation));
    }

    private async Task<HeapSnapshot?> CopyAsync(CancellationToken cancellation)
    {
        if (CopyRights.Missing(target.ProcessId) is { } missing)
            throw new CommandException(ExitCode.TracingError, missing);
        var cost = CostOfCopy();
        Require(cost.Shortage(request.CopyFolder));
        if (!await ConfirmAsync($"stopped {cost.Describe()}", cancellation))
            return null;
        var subject = new SnapshotSubject(target);
        _progress.Phase = HeapPhase.Copying;
        var child = new ReadingChild(ReadCopyCommand.Name, target.ProcessId.ToString(CultureInfo.InvariantCulture), request.Dump)
        {
            MoreOptions = request.CopyFolder is { } folder ? ["--spill", Path.GetFullPath(folder)] : [],
        };
        var snapshot = await HeapProgressLine.ShowAsync(_progress, Task.Run(() => child.Read(cancellation), cancellation));
        return new HeapSnapshot(snapshot.Graph, subject.AddTo(snapshot.Facts));
    }

    private CopyCost CostOfCopy()
    {
        try
        {
            return CopyCost.Of(target.ProcessId);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.TracingError, $"The process's memory map cannot be read: {error.Message}");
        }
    }

    private void Require(string? shortage)
    {
        if (shortage is not null && !request.Force)
            throw new CommandException(ExitCode.TracingError, shortage);
    }

    private async Task<bool> ConfirmAsync(string what, CancellationToken cancellation)
    {
        if (!request.Ask)
            return true;
        Console.Error.WriteLine($"{TerminalText.Clean(target.Description.Name)} ({target.ProcessId}) will be {what}.");
        if (await Confirmation.AskAsync("Take the snapshot?", cancellation))
            return true;
        Console.Error.WriteLine("Cancelled; no snapshot was taken.");
        return false;
    }
}
