using Memtrace.Footprint;
using Memtrace.Profiles;

namespace Memtrace.Measuring;

/// <summary>The memory of this process at the start, now, and at the highest seen. Used by one thread at a time.</summary>
internal sealed class ProcessPeaks : IDisposable
{
    private readonly ProcessMemoryReader _process = ProcessMemoryReader.Open(Environment.ProcessId);
    private readonly KernelPeak _kernelPeak = KernelPeak.Begin();

    /// <summary>Takes the first sample.</summary>
    public ProcessPeaks() => Sample();

    /// <summary>The resident set; null if it cannot be read.</summary>
    public PeakAmount? Rss { get; private set; }

    /// <summary>Objects on the GC heap, also those that are garbage but not collected yet.</summary>
    public PeakAmount? GcHeap { get; private set; }

    /// <summary>Memory that the GC has committed, as of its last collection; null before the first one.</summary>
    public PeakAmount? GcCommitted { get; private set; }

    /// <summary>Whether the peak of the resident set is the kernel's, which misses nothing.</summary>
    public bool IsRssPeakExact => _kernelPeak.IsReset;

    /// <summary>Takes a sample.</summary>
    public void Sample()
    {
        if (_process.TryRead(out var memory))
            Rss = Add(Rss, memory.Rss, PeakOf(memory));
        GcHeap = Add(GcHeap, GC.GetTotalMemory(forceFullCollection: false), 0);
        var collection = GC.GetGCMemoryInfo(GCKind.Any);
        if (collection.Index > 0)
            GcCommitted = Add(GcCommitted, collection.TotalCommittedBytes, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kernelPeak.Dispose();
        _process.Dispose();
    }

    private long PeakOf(in ProcessMemory memory) => _kernelPeak.IsReset ? memory.PeakRss ?? 0 : 0;

    private static PeakAmount Add(PeakAmount? amount, long now, long peak) => amount is { } known
        ? known with { Current = now, Peak = Math.Max(known.Peak, Math.Max(now, peak)) }
        : new PeakAmount(now, now, Math.Max(now, peak));
}

/// <summary>An amount of memory over time, in bytes.</summary>
/// <param name="Start">At the start.</param>
/// <param name="Current">At the last sample.</param>
/// <param name="Peak">The highest.</param>
internal readonly record struct PeakAmount(long Start, long Current, long Peak);
