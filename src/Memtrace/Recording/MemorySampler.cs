using Memtrace.Events;
using Memtrace.Footprint;

namespace Memtrace.Recording;

/// <summary>Reads the operating system's figures and puts them into the recording.</summary>
internal sealed class MemorySampler : IDisposable
{
    private readonly RecordingMerger _merger;
    private readonly EventClock _clock;
    private readonly ProcessMemoryReader _process;
    private readonly ContainerMemoryReader? _container;
    private readonly MachineMemoryReader _machine;
    private readonly long _firstMachineKills = OomKills.ReadMachine();
    private readonly long? _firstContainerKills;

    public MemorySampler(int processId, RecordingMerger merger, EventClock clock)
    {
        (_merger, _clock) = (merger, clock);
        _process = ProcessMemoryReader.Open(processId);
        _container = ContainerMemoryReader.Open(processId);
        _machine = MachineMemoryReader.Open();
        _firstContainerKills = ContainerKills();
    }

    /// <summary>Resident set at the last reading, in bytes, or -1.</summary>
    public long Rss { get; private set; } = -1;

    /// <summary>Highest resident set of all readings, in bytes, or -1.</summary>
    public long PeakRss { get; private set; } = -1;

    /// <summary>Whether the OOM killer has killed a process since the start: of the target's container, or of the machine if the container does not count.</summary>
    public bool OomKilled => _firstContainerKills is { } first && ContainerKills() is { } now ? now > first : OomKills.ReadMachine() > _firstMachineKills;

    /// <summary>Takes one reading. What cannot be read is left out: a process that is gone has no memory.</summary>
    public void Sample()
    {
        var now = _clock.Now;
        if (_process.TryRead(out var process))
        {
            Rss = process.Rss;
            PeakRss = Math.Max(PeakRss, process.Rss);
            _merger.Queue(RecorderEvent.ProcessMemory, now, SampleOf(process).Write());
        }

        if (_container is not null && _container.TryRead(out var container))
            _merger.Queue(RecorderEvent.ContainerMemory, now, SampleOf(container).Write());

        if (_machine.TryRead(out var machine))
            _merger.Queue(RecorderEvent.MachineMemory, now, SampleOf(machine).Write());
    }

    private long? ContainerKills() => _container is not null && _container.TryRead(out var container) && container.OomKills >= 0 ? container.OomKills : null;

    public void Dispose()
    {
        _process.Dispose();
        _container?.Dispose();
        _machine.Dispose();
    }

    private static ProcessMemorySample SampleOf(in ProcessMemory memory) => new(0, memory.Rss, memory.PeakRss)
    {
        RssAnonymous = memory.RssAnonymous,
        RssFile = memory.RssFile,
        RssShared = memory.RssShared,
        Swap = memory.Swap,
        MajorFaults = memory.MajorFaults,
        CpuTimeMs = memory.CpuTimeMs,
        Threads = memory.Threads,
    };

    private static ContainerMemorySample SampleOf(in ContainerMemory memory) => new(0, memory.Usage, memory.Limit ?? -1, memory.OomKills)
    {
        Peak = memory.Peak,
        Anonymous = memory.Anonymous,
        File = memory.File,
        Kernel = memory.Kernel,
        PressureSome10 = memory.PressureSome10,
        Shared = memory.Shared,
    };

    private static MachineMemorySample SampleOf(in MachineMemory memory) => new(0, memory.Total, memory.Available) { PressureSome10 = memory.PressureSome10 };
}
