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
    private readonly long? _firstMachineKills = OomKills.ReadMachine();
    private readonly long? _firstContainerKills;

    public MemorySampler(int processId, RecordingMerger merger, EventClock clock)
    {
        (_merger, _clock) = (merger, clock);
        _process = ProcessMemoryReader.Open(processId);
        _container = ContainerMemoryReader.Open(processId);
        _machine = MachineMemoryReader.Open();
        _firstContainerKills = ContainerKills();
    }

    /// <summary>Resident set of the last sample, in bytes; null before the first.</summary>
    public long? Rss { get; private set; }

    /// <summary>Highest resident set of all samples, in bytes; null before the first.</summary>
    public long? PeakRss { get; private set; }

    /// <summary>Whether the OOM killer has killed a process since the start: of the target's container, or of the machine if the container does not count.</summary>
    public bool OomKilled => OomKills.Happened((_firstContainerKills, ContainerKills()), (_firstMachineKills, OomKills.ReadMachine()));

    /// <summary>Takes one sample. What cannot be read is left out: a process that has exited has no memory.</summary>
    public void Sample()
    {
        var now = _clock.Now;
        if (_process.TryRead(out var process))
        {
            Rss = process.Rss;
            PeakRss = Math.Max(PeakRss ?? 0, process.Rss);
            _merger.Queue(RecorderEvent.ProcessMemory, now, ProcessMemorySample.Write(process));
        }

        if (_container is not null && _container.TryRead(out var container))
            _merger.Queue(RecorderEvent.ContainerMemory, now, ContainerMemorySample.Write(container));

        if (_machine.TryRead(out var machine))
            _merger.Queue(RecorderEvent.MachineMemory, now, MachineMemorySample.Write(machine));
    }

    private long? ContainerKills() => _container is not null && _container.TryRead(out var container) ? container.OomKills : null;

    public void Dispose()
    {
        _process.Dispose();
        _container?.Dispose();
        _machine.Dispose();
    }
}
