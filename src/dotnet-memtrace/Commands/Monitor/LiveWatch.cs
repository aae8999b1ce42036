using Memtrace.Monitoring;
using Memtrace.Footprint;
using Memtrace.Processes;

namespace Memtrace.Tool.Commands.Monitor;

/// <summary>Polls a live recording and keeps the history of the last minutes. Not thread-safe.</summary>
internal sealed class LiveWatch(LiveRecording recording, Target target) : IDisposable
{
    private readonly OverheadMeter _overhead = new();
    private readonly ProcessMemoryReader? _reader = target.ProcessId != 0 ? ProcessMemoryReader.Open(target.ProcessId) : null;
    private readonly ProcessorShare _processor = new(TimeSpan.FromSeconds(LiveHistory.RateWindowSeconds), TimeProvider.System);
    private LiveHistory _history = LiveHistory.Empty;
    private double? _cpuShare;

    /// <summary>The current state; null before the first event.</summary>
    public async Task<LiveUpdate?> RefreshAsync()
    {
        // After the process has exited, its last value is kept.
        if (_reader is not null && _reader.TryRead(out var memory) && memory.CpuTimeMs is { } cpu)
            _cpuShare = _processor.Add(TimeSpan.FromMilliseconds(cpu));
        if (await recording.ProfileAsync() is not { } profile)
            return null;
        _history = _history.Add(profile);
        var now = TimeProvider.System.GetUtcNow();
        return new LiveUpdate(now, (now - target.StartedAt)?.TotalSeconds, profile, _history, _overhead.Read(), recording.Kept)
        {
            CpuShare = _cpuShare,
            GenerationsAtStart = recording.GenerationsAtStart,
        };
    }

    public void Dispose() => _reader?.Dispose();
}
