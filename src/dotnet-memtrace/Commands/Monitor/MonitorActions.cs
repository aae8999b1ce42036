using Memtrace.Monitoring;
using Memtrace.Profiles;
using Memtrace.Tool.Rendering.Monitor;

namespace Memtrace.Tool.Commands.Monitor;

/// <summary>What keys of a live view ask for beyond the screen: it is done beside the view, and told of when it is over and when it shows in the figures.</summary>
/// <param name="recording">What is watched.</param>
internal sealed class MonitorActions(LiveRecording recording)
{
    /// <summary>How long what has been done may take to show in the figures: its end may be told of long before the collection is.</summary>
    private static readonly TimeSpan ResultTimeout = TimeSpan.FromSeconds(15);

    private readonly List<string> _saved = [];
    private Task<Outcome>? _action;
    private Task? _search;
    private PendingResult? _pending;
    private MemoryProfile? _beforeCollection;

    /// <summary>What has been done, and shows in the figures a little later: until then they are looked at more often.</summary>
    /// <param name="Find">The state with what the figures tell of it; null as long as they do not.</param>
    /// <param name="Until">When it is given up.</param>
    private sealed record PendingResult(Func<MonitorState, MemoryProfile, MonitorState?> Find, long Until);

    /// <summary>What came of an errand.</summary>
    /// <param name="Message">What there is to say of it.</param>
    /// <param name="HasCollected">Whether it was a collection, which the figures tell more of.</param>
    private sealed record Outcome(string Message, bool HasCollected = false);

    /// <summary>What was saved and where, a line each.</summary>
    public IReadOnlyList<string> Saved => _saved;

    /// <summary>Whether something has been done that does not show in the figures yet.</summary>
    public bool IsAwaited => _pending is not null;

    /// <summary>Whether a collection or a saving is under way.</summary>
    public bool IsBusy => _action is not null;

    /// <summary>What is under way.</summary>
    public IEnumerable<Task> UnderWay => new Task?[] { _action, _search }.OfType<Task>();

    /// <summary>Begins what a state asks for, unless the like is under way.</summary>
    /// <param name="state">The state.</param>
    /// <param name="seen">The figures on the screen.</param>
    /// <returns>The state with nothing left to ask for but the end.</returns>
    public MonitorState Begin(MonitorState state, MemoryProfile? seen)
    {
        if (state.Action == MonitorAction.Breakdown)
            _search ??= recording.TakeMapSnapshotAsync();
        else if (state.Action == MonitorAction.Save)
            _action ??= SaveAsync(state.Moment?.Profile.Process.Name ?? "");
        else if (state.Action == MonitorAction.Collect && _action is null)
            (_beforeCollection, _action) = (seen, CollectAsync());
        return state.Action == MonitorAction.Quit ? state : state with { Action = MonitorAction.None };
    }

    /// <summary>Takes what is over.</summary>
    /// <param name="state">The state.</param>
    /// <param name="seen">The figures on the screen.</param>
    /// <returns>The state with what there is to say, and whether there is reason to look at the process again.</returns>
    public async Task<(MonitorState State, bool RefreshNow)> TakeAsync(MonitorState state, MemoryProfile? seen)
    {
        var isFound = _search is { IsCompleted: true };
        if (isFound)
        {
            await _search!;
            _search = null;
            Expect(Breakdown(seen));
        }

        if (_action is not { IsCompleted: true })
            return (state, isFound);
        var outcome = await _action;
        _action = null;
        if (outcome.HasCollected)
            Expect(Collection(_beforeCollection, outcome.Message));
        return (state with { Message = outcome.Message }, isFound || outcome.HasCollected);
    }

    /// <summary>Finds what has been done in new figures.</summary>
    /// <param name="state">The state.</param>
    /// <param name="profile">The figures.</param>
    /// <returns>The state with what they tell of it.</returns>
    public MonitorState Observe(MonitorState state, MemoryProfile profile)
    {
        if (_pending is null)
            return state;
        var found = _pending.Find(state, profile);
        if (found is null && Environment.TickCount64 < _pending.Until)
            return state;
        _pending = null;
        return (found ?? state) with { IsTakingSnapshot = false };
    }

    private void Expect(Func<MonitorState, MemoryProfile, MonitorState?> find) => _pending = new(find, Environment.TickCount64 + (long)ResultTimeout.TotalMilliseconds);

    private static Func<MonitorState, MemoryProfile, MonitorState?> Breakdown(MemoryProfile? before) =>
        (state, profile) => profile.Breakdown.LastOrDefault()?.AtSeconds > (before?.Breakdown.LastOrDefault()?.AtSeconds ?? -1) ? state : null;

    private static Func<MonitorState, MemoryProfile, MonitorState?> Collection(MemoryProfile? before, string announced)
    {
        var last = before?.Collections.Items.LastOrDefault(IsFull)?.Number ?? -1;
        return (state, profile) => profile.Collections.Items.LastOrDefault(IsFull) is { } full && full.Number > last
            ? state with { Message = state.Message == announced ? What(full, before) : state.Message }
            : null;
    }

    private static bool IsFull(GarbageCollection collection) => collection is { Induced: true, Background: false, Generation: 2 };

    private static string What(GarbageCollection full, MemoryProfile? before) =>
        $"Collected: GC heap {ByteSize.FormatKnown(before?.Memory.GcHeap?.CurrentBytes)} -> {ByteSize.FormatKnown(full.HeapAfterBytes)}, paused {Duration.FormatMs(full.PauseMs)}.";

    private async Task<Outcome> SaveAsync(string process)
    {
        try
        {
            var file = RecordingName.ForNew(process);
            var size = await recording.SaveAsync(file);
            _saved.Add($"Saved {Path.GetFullPath(file)} ({ByteSize.Format(size)}).");
            return new Outcome($"Saved {file} ({ByteSize.Format(size)}).");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Outcome($"Not saved: {error.Message}");
        }
    }

    private async Task<Outcome> CollectAsync() =>
        await recording.CollectAsync() ? new Outcome("Collected.", HasCollected: true) : new Outcome("The process could not be asked to collect, or is still at it.");
}
