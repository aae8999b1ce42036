using Memtrace.Events;
using Memtrace.Footprint;

namespace Memtrace.Recording;

/// <summary>Samples the operating system's figures into the recording.</summary>
internal sealed class MemorySampler : IDisposable
{
    private readonly RecordingMerger _merger;
    private readonly EventClock _clock;
    private readonly ProcessMemoryReader _process;
    private readonly ContainerMemoryReader? _container;
    private readonly MachineMemoryReader _machine;
    private readonly long _firstOomKills = OomKills.ReadMachine();

    public MemorySampler(int processId, RecordingMerger merger, EventClock clock)
    {
        (_merger, _clock) = (merger, clock);
        _process = ProcessMemoryReader.Open(processId);
        _container = ContainerMemoryReader.Open(processId);
        _machine = MachineMemoryReader.Open();
    }

    /// <summary>Resident set of the last sample, in bytes, or -1.</summary>
    public long Rss { get; private set; } = -1;

    /// <summary>Highest resident set of all samples, in bytes, or -1.</summary>
    public long PeakRss { get; private set; } = -1;

    /// <summary>Whether the OOM killer has killed a process of this machine since the start.</summary>
    public bool OomKilled => OomKills.ReadMachine() > _firstOomKills;

    /// <summary>Takes one sample. What cannot be read is left out: a process that has exited has no memory.</summary>
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
