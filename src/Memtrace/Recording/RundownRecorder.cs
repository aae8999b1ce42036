using Memtrace.Processes;
using Memtrace.Profiles;

namespace Memtrace.Recording;

/// <summary>Records the names of the target's methods: at the start, so that they are there even if the recorder is killed, and again at the end.</summary>
/// <param name="target">The process.</param>
/// <param name="options">What to record.</param>
/// <param name="merger">Writes the file.</param>
/// <param name="time">The clock.</param>
internal sealed class RundownRecorder(Target target, RecordingOptions options, RecordingMerger merger, TimeProvider time)
{
    /// <summary>The first rundown runs in the background and may take its time.</summary>
    private static readonly TimeSpan FirstLimit = TimeSpan.FromSeconds(30);

    /// <summary>Part of the 5 s within which a recording stops. A rundown at the end that is the only one may take as long as the first.</summary>
    private readonly TimeSpan _lastLimit = options.RundownAtStart ? TimeSpan.FromSeconds(1.5) : FirstLimit;

    /// <summary>A program that was just launched gets this long to load its code before the first rundown.</summary>
    private static readonly TimeSpan LaunchGrace = TimeSpan.FromSeconds(1);

    private Rundown? _first;

    /// <summary>The space to reserve in a size-limited file for the rundown at the end, in bytes; 0 if it would take more than a quarter.</summary>
    /// <param name="maxSize">The limit, or null.</param>
    public long Reserve(long? maxSize) => _first is { Size: var size } && size <= maxSize / 4 ? size : 0;

    /// <summary>Records the methods at the start, and keeps them in case the target does not answer at the end.</summary>
    /// <param name="taken">A rundown that was taken before, or null.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public async Task RecordFirstAsync(Rundown? taken, CancellationToken cancellation)
    {
        if (!options.RundownAtStart)
            return;
        try
        {
            if (target.IsLaunched)
                await Task.Delay(LaunchGrace, time, cancellation);
            using var limit = new CancellationTokenSource(FirstLimit, time);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
            _first = taken ?? await Rundown.TakeAsync(target, SymbolReader.FirstRundownOffset, end.Token);
        }
        catch (Exception exception) when (exception is TargetException or IOException or OperationCanceledException)
        {
            // The target has exited, or the recording has ended.
            return;
        }

        Declare(_first);
        foreach (var e in _first.Events)
            merger.Queue(e);
    }

    /// <summary>
    /// Records the methods at the end, because TraceLog resolves precompiled methods only from a rundown after the stacks: a new rundown, or the first one again.
    /// </summary>
    /// <param name="reason">Why the recording ended.</param>
    /// <param name="timestamp">The time, in ticks.</param>
    public async Task RecordLastAsync(EndReason reason, long timestamp)
    {
        if (await LastAsync(reason) is not { } rundown || rundown.Size > merger.Room)
            return;
        if (!ReferenceEquals(rundown, _first))
            Declare(rundown);
        foreach (var e in rundown.Events)
            merger.Queue(e with { Timestamp = timestamp });
    }

    private async Task<Rundown?> LastAsync(EndReason reason)
    {
        if (reason.IsProcessEnd())
            return _first;
        return await Rundown.TryTakeAsync(target, SymbolReader.LastRundownOffset, _lastLimit, time) ?? _first;
    }

    // Once per rundown: readers reject a file that declares an id twice.
    private void Declare(Rundown rundown)
    {
        foreach (var block in rundown.Declarations)
            merger.Declare(block);
    }
}
