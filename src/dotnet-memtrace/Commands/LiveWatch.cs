using Memtrace.Monitoring;
using Memtrace.Processes;

namespace Memtrace.Tool.Commands;

/// <summary>Looks at a live recording again and again, and remembers what the last minutes need. Not thread-safe.</summary>
internal sealed class LiveWatch(LiveRecording recording, Target target)
{
    private readonly OwnUsageMeter _own = new();
    private LiveHistory _history = LiveHistory.Empty;

    /// <summary>The present moment; null before the first event.</summary>
    public async Task<LiveMoment?> LookAsync()
    {
        if (await recording.ProfileAsync() is not { } profile)
            return null;
        _history = _history.Add(profile);
        var now = TimeProvider.System.GetUtcNow();
        return new LiveMoment(now, (now - target.StartedAt)?.TotalSeconds, profile, _history, _own.Read(), recording.Kept);
    }
}
