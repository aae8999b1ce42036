using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.HeapSnapshots.Sources.Copies;
using Memtrace.Processes;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Commands.Heap;

/// <summary>
/// Takes a snapshot of a running process: says what it will cost, asks, and shows progress. Unless one way is requested, its memory is copied where that is
/// possible, because that pauses it least; otherwise its runtime sends events.
/// </summary>
/// <param name="target">The process.</param>
/// <param name="request">How.</param>
internal sealed class ProcessSnapshot(Target target, HeapRequestOptions request)
{
    /// <summary>A copy that takes longer is compared with the walk over the heap, which may be a small part of the memory, or consist of a few large objects.</summary>
    private static readonly TimeSpan LongCopy = TimeSpan.FromSeconds(1);

    private readonly HeapProgress _progress = new();

    /// <summary>Takes it.</summary>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>Null if the user declined.</returns>
    /// <exception cref="CommandException">There is not enough memory, or this user lacks the right.</exception>
    /// <exception cref="HeapSnapshotException">It cannot be taken.</exception>
    /// <exception cref="TargetException">The target refuses, does not answer, or has exited.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<HeapSnapshot?> TakeAsync(CancellationToken cancellation) => request.Way switch
    {
        SnapshotWay.Copy => await CopyAsync(cancellation),
        SnapshotWay.Automatic when CopyRights.IsSupported => await CopyOrWalkAsync(cancellation),
        _ => await WalkAsync(await CostOfWalkAsync(cancellation), cancellation),
    };

    private async Task<HeapSnapshot?> CopyAsync(CancellationToken cancellation)
    {
        var check = CopyPrecheck.Of(target.ProcessId, request.Copy);
        if (check.Missing is { } missing)
            throw new CommandException(ExitCode.TracingError, $"{FailureText.Of(missing)} Or take the snapshot with --events.");
        Require(check.Shortage, "take the snapshot with --events");
        return await ConfirmCopyAsync(check.Cost!, cancellation) ? await TakeCopyAsync(cancellation) : null;
    }

    private async Task<HeapSnapshot?> CopyOrWalkAsync(CancellationToken cancellation)
    {
        var check = CopyPrecheck.Of(target.ProcessId, request.Copy);
        if (check.Obstacle is { } known)
            return await WalkInsteadAsync(FailureText.Of(known), await CostOfWalkAsync(cancellation), cancellation);
        if (await ShorterWalkAsync(check.Cost!, cancellation) is { } walk)
            return await WalkInsteadAsync($"Copying {ByteSize.Format(check.Cost!.CopyBytes)} could pause the process for longer than a heap walk (--copy copies anyway).", walk, cancellation);
        if (!await ConfirmCopyAsync(check.Cost!, cancellation))
            return null;
        try
        {
            return await TakeCopyAsync(cancellation);
        }
        catch (HeapSnapshotException failure)
        {
            return await WalkInsteadAsync(FailureText.Of(failure), await CostOfWalkAsync(cancellation), cancellation);
        }
    }

    private Task<HeapSnapshot?> WalkInsteadAsync(string obstacle, HeapCost cost, CancellationToken cancellation)
    {
        Notice.Write($"No memory copy: {obstacle} Taking the snapshot from events, which pauses the process{(cost.PauseRange is { } range ? $" for {range}" : "")}.");
        return WalkAsync(cost, cancellation);
    }

    /// <returns>What a walk costs if that pauses the process for less time than a copy that takes long; otherwise null.</returns>
    private async Task<HeapCost?> ShorterWalkAsync(CopyCost copy, CancellationToken cancellation) =>
        copy.LongestPause > LongCopy && await HeapCost.EstimateAsync(target, cancellation) is var walk && walk.LongestPause < copy.LongestPause ? walk : null;

    private Task<bool> ConfirmCopyAsync(CopyCost cost, CancellationToken cancellation) => ConfirmAsync($"paused {cost.Describe()}", cancellation);

    private Task<HeapSnapshot> TakeCopyAsync(CancellationToken cancellation) =>
        HeapProgressLine.ShowAsync(_progress, new ProcessCopySource(target, request.Copy, ReadCopyCommand.Read, _progress).TakeAsync(cancellation));

    private async Task<HeapCost> CostOfWalkAsync(CancellationToken cancellation) =>
        (request.Ask ? await HeapCost.EstimateAsync(target, cancellation) : HeapCost.Bound(target)) with { RequestedBufferMB = request.BufferSizeMB };

    private async Task<HeapSnapshot?> WalkAsync(HeapCost cost, CancellationToken cancellation)
    {
        Require(cost.Obstacle(request.Content), request.Content == HeapContent.Graph ? "try --no-references" : null);
        if (!await ConfirmAsync($"paused for a full garbage collection and a walk over its heap{cost.Describe()}", cancellation))
            return null;
        var settings = new HeapRequest { Content = request.Content, BufferSizeMB = cost.BufferSizeMB };
        return await HeapProgressLine.ShowAsync(_progress, new ProcessHeapSource(target, settings, _progress).TakeAsync(cancellation));
    }

    private void Require(HeapObstacle? obstacle, string? otherWay)
    {
        if (obstacle is not null && !request.Force)
            throw new CommandException(ExitCode.TracingError, $"{FailureText.Of(obstacle)} Or {(otherWay is null ? "" : $"{otherWay}, or ")}take the risk with --force.");
    }

    private async Task<bool> ConfirmAsync(string what, CancellationToken cancellation)
    {
        if (!request.Ask)
            return true;
        Notice.Write($"{target.Description.Name} ({target.ProcessId}) will be {what}.");
        if (await Confirmation.AskAsync("Take the snapshot?", cancellation))
            return true;
        Console.Error.WriteLine("Cancelled; no snapshot was taken.");
        return false;
    }
}
