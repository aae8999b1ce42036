using Memtrace.Monitoring;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Tool.Rendering.Monitor;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands.Monitor;

/// <summary>Runs the background actions that keys of a live view start, and reports when they finish and when their effect shows in the figures.</summary>
/// <param name="recording">The live recording.</param>
/// <param name="target">The process.</param>
internal sealed class MonitorActions(LiveRecording recording, Target target) : IDisposable
{
    /// <summary>How long the effect of a finished action may take to show in the figures.</summary>
    private static readonly TimeSpan ResultTimeout = TimeSpan.FromSeconds(15);

    /// <summary>How long running actions may delay the end.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly List<string> _saved = [];
    private readonly MonitorHeapSnapshots _heap = new(target);
    private Task<Outcome>? _action;
    private Task? _snapshot;
    private Task? _refresh;
    private PendingResult? _pending;
    private MemoryProfile? _beforeCollection;

    /// <summary>The effect of a finished action that does not show in the figures yet. Until it does, they are refreshed more often.</summary>
    /// <param name="Find">The state with the effect; null if the figures do not show it yet.</param>
    /// <param name="Since">When the action finished.</param>
    private sealed record PendingResult(Func<MonitorState, MemoryProfile, MonitorState?> Find, long Since);

    /// <summary>The outcome of an action.</summary>
    /// <param name="Message">The message to show.</param>
    /// <param name="HasCollected">Whether it was a collection, whose effect will show in the figures.</param>
    private sealed record Outcome(string Message, bool HasCollected = false);

    /// <summary>A line for each saved file.</summary>
    public IReadOnlyList<string> Saved => _saved;

    /// <summary>Whether the effect of an action does not show in the figures yet.</summary>
    public bool IsResultPending => _pending is not null;

    /// <summary>Whether a collection, a save or a heap snapshot is running.</summary>
    public bool IsBusy => _action is not null || _heap.Running is not null;

    /// <summary>The running actions.</summary>
    public IEnumerable<Task> Running => new[] { _action, _snapshot, _heap.Running }.OfType<Task>();

    /// <summary>Starts the action that a state requests, unless it is already running.</summary>
    /// <param name="state">The state.</param>
    /// <param name="seen">The profile on the screen.</param>
    /// <returns>The state without the request, unless it is to quit.</returns>
    public MonitorState Begin(MonitorState state, MemoryProfile? seen)
    {
        if (state.Action == MonitorAction.TakeSnapshot)
            _snapshot ??= recording.TakeMapSnapshotAsync();
        else if (state.Action == MonitorAction.TakeHeapSnapshot)
            _heap.Begin(state);
        else if (state.Action == MonitorAction.Save)
            _action ??= SaveAsync(state.Update?.Profile.Process.Name ?? "");
        else if (state.Action == MonitorAction.Collect && _action is null)
            (_beforeCollection, _action) = (seen, CollectAsync());
        return state.Action == MonitorAction.Quit ? state : state with { Action = MonitorAction.None };
    }

    /// <summary>Takes another memory map snapshot in the background, without announcing it.</summary>
    public void RefreshSnapshot() => _refresh ??= recording.TakeMapSnapshotAsync();

    /// <summary>Waits for running actions, so that a save is completed.</summary>
    public async Task EndAsync()
    {
        await _heap.EndAsync();
        await Task.WhenAny(Task.WhenAll([.. Running, _refresh ?? Task.CompletedTask]), Task.Delay(EndLimit));
    }

    /// <inheritdoc/>
    public void Dispose() => _heap.Dispose();

    /// <summary>Handles finished actions.</summary>
    /// <param name="state">The state.</param>
    /// <param name="seen">The profile on the screen.</param>
    /// <returns>The state with the message to show, and whether to refresh at once.</returns>
    public async Task<FinishedActions> FinishAsync(MonitorState state, MemoryProfile? seen)
    {
        if (_refresh is { IsCompleted: true } refresh)
        {
            _refresh = null;
            await refresh;
        }

        state = await _heap.FinishAsync(state);
        var isSnapshotTaken = _snapshot is { IsCompleted: true };
        if (isSnapshotTaken)
        {
            await _snapshot!;
            _snapshot = null;
            AwaitResult(Breakdown(seen));
        }

        if (_action is not { IsCompleted: true })
            return new FinishedActions(state, isSnapshotTaken);
        var outcome = await _action;
        _action = null;
        if (outcome.HasCollected)
            AwaitResult(Collection(_beforeCollection, outcome.Message));
        return new FinishedActions(state with { Message = outcome.Message }, isSnapshotTaken || outcome.HasCollected);
    }

    /// <summary>Looks for a pending result in new figures.</summary>
    /// <param name="state">The state.</param>
    /// <param name="profile">The new profile.</param>
    /// <returns>The state with the result.</returns>
    public MonitorState Observe(MonitorState state, MemoryProfile profile)
    {
        state = _heap.Observe(state);
        if (_pending is null)
            return state;
        var found = _pending.Find(state, profile);
        if (found is null && TimeProvider.System.GetElapsedTime(_pending.Since) < ResultTimeout)
            return state;
        _pending = null;
        return (found ?? state) with { IsTakingSnapshot = false };
    }

    private void AwaitResult(Func<MonitorState, MemoryProfile, MonitorState?> find) => _pending = new(find, TimeProvider.System.GetTimestamp());

    private static Func<MonitorState, MemoryProfile, MonitorState?> Breakdown(MemoryProfile? before) =>
        (state, profile) => profile.Breakdown.LastOrDefault()?.AtSeconds > (before?.Breakdown.LastOrDefault()?.AtSeconds ?? -1) ? state : null;

    private static Func<MonitorState, MemoryProfile, MonitorState?> Collection(MemoryProfile? before, string announced)
    {
        var last = before?.Collections.Items.LastOrDefault(IsFull)?.Number ?? -1;
        return (state, profile) => profile.Collections.Items.LastOrDefault(IsFull) is { } full && full.Number > last
            ? state with { Message = state.Message == announced ? CollectedText(full, before) : state.Message }
            : null;
    }

    private static bool IsFull(GarbageCollection collection) => collection is { Induced: true, Background: false, Generation: 2 };

    private static string CollectedText(GarbageCollection full, MemoryProfile? before) =>
        $"Collected: GC heap {ByteSize.FormatKnown(before?.Memory.GcHeap?.CurrentBytes)} -> {ByteSize.FormatKnown(full.HeapAfterBytes)}, paused {Duration.FormatMs(full.PauseMs)}.";

    private async Task<Outcome> SaveAsync(string process)
    {
        var file = RecordingName.ForNew(process);
        try
        {
            var size = await recording.SaveAsync(file);
            _saved.Add($"Saved {Path.GetFullPath(file)} ({ByteSize.Format(size)}).");
            return new Outcome($"Saved {file} ({ByteSize.Format(size)}).");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Outcome($"Cannot write {file}: {FailureText.OfNewFile(error)}");
        }
    }

    private async Task<Outcome> CollectAsync() =>
        await recording.CollectAsync() ? new Outcome("Collected.", HasCollected: true) : new Outcome("The process did not answer the request to collect, or is still collecting.");
}

/// <summary>What finished actions change.</summary>
/// <param name="State">The state with the message to show.</param>
/// <param name="RefreshNow">Whether to refresh at once.</param>
internal sealed record FinishedActions(MonitorState State, bool RefreshNow);
