using Memtrace.Events;
using Memtrace.Nettrace;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Sessions;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>Takes a snapshot of a running process by the events of its runtime. The process is paused for a full collection and a walk over its heap.</summary>
/// <param name="target">The process.</param>
/// <param name="request">How.</param>
/// <param name="progress">Receives the progress.</param>
internal sealed class ProcessHeapSource(Target target, HeapRequest request, HeapProgress progress)
{
    /// <summary>Type names are missing while another session that has them is open; it may be about to end.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Takes it, and takes it once more if it is incomplete.</summary>
    /// <param name="cancellation">Cancels the operation. The sessions are closed when this returns.</param>
    /// <exception cref="HeapSnapshotException">The heap was incomplete twice.</exception>
    /// <exception cref="TargetException">The target refuses, does not answer, or has exited.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<HeapSnapshot> TakeAsync(CancellationToken cancellation)
    {
        var sessions = HeapWalk.IsRepeatedAtEnd(target) ? HeapWalkSessions.One : HeapWalkSessions.Two;
        if (await TryTakeAsync(sessions, cancellation) is { Snapshot: { } first })
            return first;
        await Task.Delay(RetryDelay, Time, cancellation);
        var (second, defect) = await TryTakeAsync(HeapWalkSessions.Two, cancellation);
        return second ?? throw new HeapSnapshotException(MessageOf(defect)) { Remedy = RemedyOf(defect) };
    }

    private async Task<(HeapSnapshot? Snapshot, HeapDefect Defect)> TryTakeAsync(HeapWalkSessions sessions, CancellationToken cancellation)
    {
        progress.Restart(HeapPhase.Walking);
        var facts = new WalkFacts();
        var subject = new SnapshotSubject(target);
        using var events = new HeapEventReader(request.Content, facts, progress);
        await using var walk = new HeapWalk(target, sessions, request.BufferSizeMB)
        {
            Events = request.Content == HeapContent.Graph ? SessionPlan.HeapGraphEvents : SessionPlan.HeapHistogramEvents,
            Time = Time,
        };
        await walk.WalkAsync(blocks => Read(blocks, events), cancellation);
        progress.Phase = HeapPhase.Naming;
        await walk.FinishAsync(cancellation);
        if (events.Defect is { } defect)
            return (null, defect);

        progress.Phase = HeapPhase.Building;
        var heap = events.Result;
        return (new HeapSnapshot(heap.Build(facts.Names, OpenModule), Describe(heap, facts, subject)), default);
    }

    private static void Read(BlockReader blocks, HeapEventReader events)
    {
        try
        {
            new NettraceReader(blocks, events).Read(CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or NettraceException or ObjectDisposedException)
        {
            // The stream broke off: what is missing is a defect.
        }
    }

    // In another mount namespace the path means another file here.
    private FileStream? OpenModule(string path) =>
        ModuleFile.Open(OperatingSystem.IsLinux() && target.ProcessId != 0 ? $"/proc/{target.ProcessId}/root{path}" : path);

    private HeapSnapshotFacts Describe(WalkedHeap heap, WalkFacts facts, SnapshotSubject subject) =>
        subject.AddTo(new HeapSnapshotFacts(facts.Process, HeapSnapshotSource.Events, heap.TakenAt)
        {
            Collection = facts.Collection,
            CollectionNumber = heap.Collection,
            PaddingBytes = heap.PaddingBytes,
            HasReferences = request.Content == HeapContent.Graph,
        });

    private HeapRemedy? RemedyOf(HeapDefect defect)
    {
        if (defect != HeapDefect.EventsDropped)
            return null;
        int? processId = target.ProcessId > 0 ? target.ProcessId : null;
        return request.BufferSizeMB < HeapRequest.MostBufferSizeMB
            ? new HeapRemedy(HeapRemedyKind.EnlargeBuffer) { ProcessId = processId, BufferSizeMB = Math.Min(HeapRequest.MostBufferSizeMB, 4 * request.BufferSizeMB) }
            : new HeapRemedy(HeapRemedyKind.LeaveOutReferences) { ProcessId = processId };
    }

    private string MessageOf(HeapDefect defect) => defect switch
    {
        HeapDefect.EventsDropped => $"The runtime dropped events of the heap walk twice: its buffer of {request.BufferSizeMB} MB was full.",
        HeapDefect.NoRoots => "The runtime did not report what holds the objects, in two attempts.",
        HeapDefect.NoTypeNames when target.Description.IsAheadOfTime == true => "The program is compiled ahead of time (NativeAOT): its runtime has no type names, so a snapshot would show nothing.",
        HeapDefect.NoTypeNames => "The runtime sent no type names, because another open session gets them, such as that of another snapshot or leak check, of dotnet-gcdump, dotnet-trace or a tool that was killed. "
            + "Close it, and try again.",
        HeapDefect.NoWalk => "The runtime collected but did not walk its heap, in two attempts.",
        _ => "The heap walk did not finish, in two attempts.",
    };
}
