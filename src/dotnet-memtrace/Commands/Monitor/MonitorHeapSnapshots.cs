using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Tool.Commands.Heap;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Rendering.Monitor;

namespace Memtrace.Tool.Commands.Monitor;

/// <summary>Takes heap snapshots for a live view in the background, one at a time, and compares each with the one before.</summary>
/// <param name="target">The process.</param>
internal sealed class MonitorHeapSnapshots(Target target) : IDisposable
{
    /// <summary>How long the end of a view waits for a walk that has begun: it cannot be stopped, and an open session disturbs the next tool.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _ending = new();
    private HeapProgress _progress = new();
    private Task<MonitorHeap>? _taking;

    /// <summary>The snapshot that is being taken, or null.</summary>
    public Task? Running => _taking;

    /// <summary>Begins a snapshot, unless one is being taken.</summary>
    /// <param name="state">What is on the screen.</param>
    public void Begin(MonitorState state)
    {
        if (_taking is not null)
            return;
        _progress = new HeapProgress();
        _taking = TakeAsync(state.Heap.Last, state.HeapCost with { AvailableBytes = AvailableMemory.Here() });
    }

    /// <summary>The state with how far the snapshot is.</summary>
    /// <param name="state">The state.</param>
    public MonitorState Observe(MonitorState state) =>
        _taking is null ? state : state with { Heap = state.Heap with { Progress = HeapProgressLine.Describe(_progress) } };

    /// <summary>The state with a snapshot that has been taken.</summary>
    /// <param name="state">The state.</param>
    public async Task<MonitorState> FinishAsync(MonitorState state)
    {
        if (_taking is not { IsCompleted: true } taken)
            return state;
        _taking = null;
        var heap = await taken;
        return heap.Last is { } profile
            ? state with { Heap = heap, Message = $"Heap snapshot: {Count.Things(profile.Objects, "object", "objects")}, {ByteSize.Format(profile.Bytes)} (v: view)." }
            : state with { Heap = state.Heap with { Progress = null, Failure = heap.Failure }, Message = $"No heap snapshot: {heap.Failure}" };
    }

    /// <summary>Gives up a snapshot that is being taken, and waits until its sessions are closed.</summary>
    public async Task EndAsync()
    {
        await _ending.CancelAsync();
        if (_taking is { } taking)
            await Task.WhenAny(taking, Task.Delay(EndLimit));
    }

    /// <inheritdoc/>
    public void Dispose() => _ending.Dispose();

    private async Task<MonitorHeap> TakeAsync(HeapProfile? before, HeapCost cost)
    {
        if (cost.Obstacle(HeapContent.Graph) is { } obstacle)
            return new MonitorHeap { Failure = FailureText.Of(obstacle) };
        try
        {
            return await Task.Run(async () =>
            {
                using var snapshot = await new ProcessHeapSource(target, new HeapRequest { BufferSizeMB = cost.BufferSizeMB }, _progress).TakeAsync(_ending.Token);
                using var analysis = new HeapAnalysis(snapshot);
                var profile = analysis.Describe(file: null);
                return new MonitorHeap { Last = profile, Change = before is null ? null : HeapComparer.Compare(before, profile) };
            });
        }
        catch (Exception error) when (error is TargetException or HeapSnapshotException or InvalidDataException or OperationCanceledException)
        {
            return new MonitorHeap { Failure = FailureText.Of(error) };
        }
    }
}
