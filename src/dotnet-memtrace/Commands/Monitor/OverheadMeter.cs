using Memtrace.Monitoring;

namespace Memtrace.Tool.Commands.Monitor;

/// <summary>Measures the tool's own resource use. Not thread-safe.</summary>
internal sealed class OverheadMeter
{
    // Single readings fluctuate.
    private readonly ProcessorShare _processor = new(TimeSpan.FromSeconds(10), TimeProvider.System);

    /// <summary>Current use; CPU over about the last ten seconds.</summary>
    public ToolOverhead Read() => new(_processor.Add(Environment.CpuUsage.TotalTime) ?? 0, Environment.WorkingSet);
}
