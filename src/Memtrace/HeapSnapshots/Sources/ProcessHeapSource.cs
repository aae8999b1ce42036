using Memtrace.Nettrace;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Sessions;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>Takes a snapshot of a running process by the events of its runtime. The process is paused for a full collection and a walk over its heap.</summary>
/// <param name="target">The process.</param>
/// <param name="request">How.</param>
/// <param name="progress">Is kept up to date.</param>
internal sealed class ProcessHeapSource(Target target, HeapRequest request, HeapProgress progress)
{
    /// <summary>Type names are missing while another session that has them is open; it may be about to end.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan NamingLimit = TimeSpan.FromSeconds(30);

    /// <summary>Takes it, and takes it once more if what came is not all.</summary>
    /// <param name="cancellation">Gives up. The sessions are closed when this returns.</param>
    /// <exception cref="HeapSnapshotException">What came twice is not all of the heap.</exception>
    /// <exception cref="TargetException">The target refuses, does not answer, or has exited.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<HeapSnapshot> TakeAsync(CancellationToken cancellation)
    {
        var sessions = HeapWalk.IsRepeatedAtEnd(target) ? HeapWalkSessions.One : HeapWalkSessions.Two;
        if (await TryTakeAsync(sessions, cancellation) is { Snapshot: { } first })
            return first;
        await Task.Delay(RetryDelay, cancellation);
        var (second, defect) = await TryTakeAsync(HeapWalkSessions.Two, cancellation);
        return second ?? throw new HeapSnapshotException(MessageOf(defect));
    }

    private async Task<(HeapSnapshot? Snapshot, HeapDefect Defect)> TryTakeAsync(HeapWalkSessions sessions, CancellationToken cancellation)
    {
        progress.Restart(HeapPhase.Walking);
        var facts = new WalkFacts();
        var subject = new SnapshotSubject(target);
        using var events = new HeapEventReader(request.Content, facts, progress);
        var walk = new HeapWalk(target, sessions, request.BufferSizeMB) { Events = request.Content == HeapContent.Graph ? SessionPlan.HeapGraphEvents : SessionPlan.HeapHistogramEvents };
        await walk.RunAsync(blocks => Read(blocks, events), cancellation);
        if (events.Defect is { } defect)
            return (null, defect);

        progress.Phase = HeapPhase.Naming;
        var heap = events.Result;
        var names = await NamesAsync(heap.Stacks.Select(stack => stack.MethodId), cancellation);
        progress.Phase = HeapPhase.Building;
        return (new HeapSnapshot(heap.Build(names, OpenModule), Describe(heap, facts, subject)), default);
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

    private async Task<CodeNames> NamesAsync(IEnumerable<ulong> methods, CancellationToken cancellation)
    {
        var names = new CodeNames(methods);
        using var session = await DiagnosticSession.StartAsync(target, SessionPlan.Names(), cancellation);
        var reading = Task.Run(() => new RecordingReader(names).Read(session.Blocks, CancellationToken.None), CancellationToken.None);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(NamingLimit);
        await session.StopAsync(limit.Token);
        await Task.WhenAny(reading, Task.Delay(NamingLimit, cancellation));
        return names;
    }

    // In another mount namespace the path means another file here.
    private Stream? OpenModule(string path)
    {
        var file = new FileInfo(OperatingSystem.IsLinux() && target.ProcessId != 0 ? $"/proc/{target.ProcessId}/root{path}" : path);
        return file is { Exists: true, Length: > 0 } ? file.OpenRead() : null;
    }

    private HeapSnapshotFacts Describe(WalkedHeap heap, WalkFacts facts, SnapshotSubject subject) =>
        subject.AddTo(new HeapSnapshotFacts(facts.Process, HeapSnapshotSource.Events, heap.TakenAt)
        {
            Collection = facts.Collection,
            CollectionNumber = heap.Collection,
            HasReferences = request.Content == HeapContent.Graph,
        });

    private string MessageOf(HeapDefect defect) => defect switch
    {
        HeapDefect.EventsDropped => $"The runtime dropped events of the heap walk twice: its buffer of {request.BufferSizeMB} MB was full. Use a larger --buffersize.",
        HeapDefect.NoRoots => "The runtime did not report what holds the objects, in two attempts.",
        HeapDefect.NoTypeNames when target.Description.IsAheadOfTime == true => "The program is compiled ahead of time (NativeAOT): its runtime has no type names, so a snapshot would show nothing.",
        HeapDefect.NoTypeNames => "The runtime sent no type names, because another open session gets them, such as that of dotnet-gcdump, dotnet-trace or a tool that was killed. "
            + "Close it, and try again.",
        HeapDefect.NoWalk => "The runtime collected but did not walk its heap, in two attempts.",
        _ => "The heap walk did not finish, in two attempts.",
    };
}
