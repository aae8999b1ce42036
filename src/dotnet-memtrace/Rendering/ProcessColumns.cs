using System.Collections.Immutable;
using Memtrace.Exporting.Tables;

namespace Memtrace.Tool.Rendering;

/// <summary>The columns of the list of processes, declared once for text and JSON.</summary>
/// <param name="machineTotal">Physical memory of the machine, in bytes; null if unknown.</param>
internal sealed class ProcessColumns(long? machineTotal)
{
    private readonly Column<ProcessUsage> _id = new("id", "PID", Unit.Count, usage => usage.Process.Id);
    private readonly Column<ProcessUsage> _name = new("name", "NAME", ColumnKind.Text, usage => usage.Process.Name);
    private readonly Column<ProcessUsage> _rss = new("rssBytes", "RSS", Unit.Bytes, usage => usage.Memory.Rss);
    private readonly Column<ProcessUsage> _peakRss = new("peakRssBytes", "PEAK", Unit.Bytes, usage => usage.Memory.PeakRss) { Rank = 2 };
    private readonly Column<ProcessUsage> _hugePages = new("hugePagesBytes", "HUGE", Unit.Bytes, usage => usage.Memory.HugePages);
    private readonly Column<ProcessUsage> _gpu = new("gpuBytes", "GPU", Unit.Bytes, usage => usage.GpuBytes);
    private readonly Column<ProcessUsage> _memory = new("memoryPercent", "%MEM", Unit.Percent, usage => 100.0 * usage.Memory.Rss / machineTotal) { Rank = 5 };
    private readonly Column<ProcessUsage> _cpu = new("cpuPercent", "%CPU", Unit.Percent, usage => usage.CpuPercent) { Rank = 1 };
    private readonly Column<ProcessUsage> _threads = new("threads", "THREADS", Unit.Count, usage => usage.Memory.Threads) { Rank = 6 };
    private readonly Column<ProcessUsage> _uptime = new("uptimeSeconds", "UPTIME", Unit.Seconds, usage => usage.UptimeSeconds) { Rank = 3 };
    private readonly Column<ProcessUsage> _user = new("user", "USER", ColumnKind.Tag, usage => usage.Process.User) { Rank = 4 };
    private readonly Column<ProcessUsage> _command = new("commandLine", "COMMAND", ColumnKind.Text, usage => usage.Process.CommandLine);
    private readonly Column<ProcessUsage> _obstacle = new("obstacle", "REASON", ColumnKind.Text, usage => usage.Process.Obstacle);

    /// <summary>Of processes that can be attached to. Memory outside of the resident set has a column only if one of them has any: few do.</summary>
    /// <param name="usages">The processes.</param>
    public ImmutableArray<Column<ProcessUsage>> Usage(IReadOnlyList<ProcessUsage> usages) =>
    [
        _id, _name, _rss, _peakRss,
        .. new[] { _hugePages, _gpu }.Where(column => usages.Any(usage => column.Of(usage) is Figure { Value: > 0 })),
        _memory, _cpu, _threads, _uptime, _user, _command,
    ];

    /// <summary>Of processes to choose one from.</summary>
    public ImmutableArray<Column<ProcessUsage>> Choice => [_id, _name, _rss, _cpu, _uptime, _command];

    /// <summary>Of processes that cannot be attached to.</summary>
    public ImmutableArray<Column<ProcessUsage>> Obstacle => [_id, _name, _rss, _user, _obstacle];

    /// <summary>All of them, in data.</summary>
    public ImmutableArray<Column<ProcessUsage>> Data =>
    [
        _id, _name, _command, _user, _rss, _peakRss, _hugePages, _gpu, _memory, _cpu, _threads, _uptime,
        new("attachable", "ATTACHABLE", usage => usage.Process.Obstacle is null),
        _obstacle,
    ];
}
