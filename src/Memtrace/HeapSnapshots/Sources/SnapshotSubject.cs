using Memtrace.Footprint;
using Memtrace.Processes;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>What is known of a process before a snapshot of it is taken, and is not in the snapshot itself.</summary>
internal sealed class SnapshotSubject
{
    private readonly TargetDescription _known;
    private readonly long? _rss;
    private readonly ContainerMemory? _container;

    /// <summary>Measures the process.</summary>
    /// <param name="target">The process.</param>
    public SnapshotSubject(Target target)
    {
        _known = target.Description;
        if (target.ProcessId == 0)
            return;
        using var memory = ProcessMemoryReader.Open(target.ProcessId);
        using var container = ContainerMemoryReader.Open(target.ProcessId);
        _rss = memory.TryRead(out var reading) && reading.Rss >= 0 ? reading.Rss : null;
        _container = container is not null && container.TryRead(out var usage) ? usage : null;
    }

    /// <summary>Adds it to what the snapshot says.</summary>
    /// <param name="facts">That.</param>
    public HeapSnapshotFacts AddTo(HeapSnapshotFacts facts) => facts with
    {
        Process = facts.Process with
        {
            Id = _known.ProcessId,
            Name = _known.Name,
            CommandLine = _known.CommandLine,
            RuntimeVersion = _known.RuntimeVersion,
            Architecture = _known.Architecture,
            OperatingSystem = _known.OperatingSystem,
            ProcessorCount = _known.ProcessorCount,
        },
        RssBytes = _rss,
        ContainerUsageBytes = _container?.Usage,
        ContainerLimitBytes = _container?.Limit,
    };
}
