using System.Globalization;
using Memtrace.Units;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>What a copy of a process's memory will cost, estimated from its pages.</summary>
/// <param name="CopyBytes">How much is copied.</param>
/// <param name="KeptBytes">How much memory the copy takes about here, most of it packed.</param>
/// <param name="AvailableBytes">The memory that there is for it here: what the machine has, or less if this process is in a container with a limit; null if unknown.</param>
internal sealed record CopyCost(long CopyBytes, long KeptBytes, long? AvailableBytes)
{
    /// <summary>How long a GB takes: on an idle machine, and on a busy one.</summary>
    private const double BestSecondsPerGB = 0.12, WorstSecondsPerGB = 0.6;

    /// <summary>How long stopping takes.</summary>
    private const double LeastSeconds = 0.01;

    /// <summary>100 B for an object of 100 B.</summary>
    private const double GraphBytesPerByte = 1;

    /// <summary>The process that reads the copy.</summary>
    private const long ReaderBytes = 96L << 20;

    /// <summary>Estimates the cost.</summary>
    /// <param name="processId">The process.</param>
    /// <exception cref="IOException">It is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">Its memory map may not be read.</exception>
    public static CopyCost Of(int processId)
    {
        var size = MemoryCopy.SizeFor(processId);
        return new CopyCost(size.Bytes, size.KeptBytes, AvailableMemory.Here());
    }

    /// <summary>What is lacking, or null.</summary>
    /// <param name="options">Where the copy is kept, and what is read.</param>
    public string? Shortage(CopyOptions options)
    {
        var graph = ReaderBytes + (options.Reading.Content == HeapContent.Graph ? (long)(CopyBytes * GraphBytesPerByte) : 0);
        if (AvailableBytes is not { } available || available >= graph + (options.Folder is null ? KeptBytes : 0))
            return null;
        return options.Folder is null
            ? $"The copy takes {ByteSize.Format(KeptBytes)}, and the graph of the objects in it up to {ByteSize.Format(graph)}, but {ByteSize.Format(available)} are left here."
            : $"The graph of the objects in the copy takes up to {ByteSize.Format(graph)}, but {ByteSize.Format(available)} are left here.";
    }

    /// <summary>The longest pause to expect.</summary>
    public TimeSpan LongestPause => TimeSpan.FromSeconds(LeastSeconds + (CopyBytes / 1e9 * WorstSecondsPerGB));

    /// <summary>The pause, as the end of a sentence.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"while {ByteSize.Format(CopyBytes)} of its memory is copied: for {Duration.FormatMs(1000 * (LeastSeconds + (CopyBytes / 1e9 * BestSecondsPerGB)))} to {Duration.FormatMs(LongestPause.TotalMilliseconds)}");
}
