using System.Globalization;
using Memtrace.Footprint;
using Memtrace.Units;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>What a copy of a process's memory will cost: reckoned from the pages that it has.</summary>
/// <param name="CopyBytes">The size of the copy.</param>
/// <param name="AvailableBytes">The memory that there is for it here: what the machine has, or less if this process is in a container with a limit; null if unknown.</param>
internal sealed record CopyCost(long CopyBytes, long? AvailableBytes)
{
    /// <summary>How long a GB takes: alone, and on a busy machine.</summary>
    private const double BestSecondsPerGB = 0.1, WorstSecondsPerGB = 0.6;

    /// <summary>What stopping takes.</summary>
    private const double LeastSeconds = 0.01;

    /// <summary>100 B for an object of 100 B.</summary>
    private const double GraphBytesPerByte = 1;

    /// <summary>The process that reads the copy.</summary>
    private const long ReaderBytes = 96L << 20;

    /// <summary>Reckons.</summary>
    /// <param name="processId">The process.</param>
    /// <exception cref="IOException">It is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">Its memory map may not be read.</exception>
    public static CopyCost Of(int processId)
    {
        using var machine = MachineMemoryReader.Open();
        using var container = ContainerMemoryReader.Open(Environment.ProcessId);
        var free = machine.TryRead(out var memory) ? memory.Available : null;
        var left = container is not null && container.TryRead(out var usage) && usage.Limit is { } limit ? Math.Max(0, limit - usage.Usage + usage.Reclaimable) : (long?)null;
        return new CopyCost(MemoryCopy.SizeFor(processId), free is { } a && left is { } b ? Math.Min(a, b) : free ?? left);
    }

    /// <summary>What is lacking, or null.</summary>
    /// <param name="folder">The folder on a disk that the copy is kept in; null for memory.</param>
    public string? Shortage(string? folder)
    {
        var graph = ReaderBytes + (long)(CopyBytes * GraphBytesPerByte);
        if (AvailableBytes is not { } available || available >= graph + (folder is null ? CopyBytes : 0))
            return null;
        var copy = folder is null ? $"A copy of the process takes {ByteSize.Format(CopyBytes)}, and what is found in it up to {ByteSize.Format(graph)}" : $"What is found in the copy takes up to {ByteSize.Format(graph)}";
        return $"{copy}, but {ByteSize.Format(available)} are left here. {(folder is null ? "Keep the copy on a disk (--spill DIR), take" : "Take")} a snapshot without --copy, or take the risk with --force.";
    }

    /// <summary>The longest pause to expect.</summary>
    public TimeSpan LongestPause => TimeSpan.FromSeconds(LeastSeconds + (CopyBytes / 1e9 * WorstSecondsPerGB));

    /// <summary>The pause, as the end of a sentence.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"while {ByteSize.Format(CopyBytes)} of its memory are copied: for {Duration.FormatMs(1000 * (LeastSeconds + (CopyBytes / 1e9 * BestSecondsPerGB)))} to {Duration.FormatMs(LongestPause.TotalMilliseconds)}");
}
