using System.Collections.Immutable;
using Memtrace.Monitoring;
using Memtrace.Processes;
using Memtrace.Reading;
using Memtrace.Recording;
using Memtrace.Recording.Buffering;
using Memtrace.Watching.Conditions;

namespace Memtrace.Watching;

/// <summary>
/// A second recording of a process, with allocation events, that runs only while a trigger is near: the first one continues, so that none of the preceding
/// minutes are lost. Not thread-safe.
/// </summary>
/// <param name="target">The process. The caller disposes it.</param>
/// <param name="options">When, and what to record.</param>
/// <param name="buffer">How much to buffer.</param>
/// <param name="time">The clock.</param>
internal sealed class ArmedRecording(Target target, ArmedOptions options, BufferLimit buffer, TimeProvider time) : IDisposable
{
    /// <summary>How long it goes on after the last condition that held, so that a value at its limit does not start one session after another.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMinutes(1);

    private readonly ImmutableArray<ConditionState> _conditions = [.. options.Conditions.Select(condition => new ConditionState(condition))];
    private Task<RecordingResult>? _running;
    private long _nearAt;
    private long? _failedAt;

    /// <summary>The recording; null while no trigger is near.</summary>
    public LiveRecording? Recording { get; private set; }

    /// <summary>Evaluates the conditions, and starts recording if one is met.</summary>
    /// <param name="history">The readings.</param>
    /// <returns>What was observed, if recording starts now.</returns>
    public string? Observe(WatchHistory history)
    {
        var observed = _conditions.Select(condition => condition.Observe(history)).ToList().Find(text => text is not null);
        var isNear = _conditions.Any(condition => condition.IsMet);
        if (isNear)
            _nearAt = time.GetTimestamp();
        if (!isNear || _running is not null || (_failedAt is { } failed && time.GetElapsedTime(failed) < RetryDelay))
            return null;
        Recording = new LiveRecording(target, options.Recording, buffer);
        _running = Recording.RunAsync();
        return observed ?? "a trigger is near";
    }

    /// <summary>Whether it can end: no trigger was near for some minutes, or it failed.</summary>
    public bool IsOver => _running is { IsFaulted: true } || (_running is not null && time.GetElapsedTime(_nearAt) >= Rest);

    /// <summary>Stops recording.</summary>
    public void Stop() => Recording?.Stop();

    /// <summary>Waits until it has ended, and drops it. Nothing may be saved from it any more.</summary>
    /// <returns>What went wrong, or null.</returns>
    public async Task<string?> EndAsync()
    {
        var problem = await WaitAsync();
        _failedAt = problem is null ? null : time.GetTimestamp();
        Recording?.Dispose();
        (Recording, _running) = (null, null);
        return problem;
    }

    /// <summary>Waits until it has ended.</summary>
    /// <returns>What went wrong, or null.</returns>
    public async Task<string?> WaitAsync()
    {
        try
        {
            if (_running is not null)
                await _running;
            return null;
        }
        catch (Exception exception) when (exception is TargetException or RecordingException or IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Recording?.Dispose();
}
