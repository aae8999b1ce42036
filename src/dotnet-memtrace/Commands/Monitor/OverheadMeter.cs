using Memtrace.Monitoring;

namespace Memtrace.Tool.Commands.Monitor;

/// <summary>Measures what this process itself uses. Not thread-safe.</summary>
internal sealed class OverheadMeter
{
    // One look at a time jumps about.
    private readonly ProcessorShare _processor = new(TimeSpan.FromSeconds(10));

    /// <summary>What it uses now, processor time since about ten seconds.</summary>
    public ToolOverhead Read() => new(_processor.Add(Environment.CpuUsage.TotalTime) ?? 0, Environment.WorkingSet);
}
