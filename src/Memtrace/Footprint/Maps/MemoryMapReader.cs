using System.Diagnostics;
using System.Globalization;

namespace Memtrace.Footprint.Maps;

/// <summary>
/// Looks once at all memory of a process. On Linux that makes the process wait where it maps or unmaps memory meanwhile: some 25 ms for each GB
/// (docs/breakdown.md), so look seldom.
/// </summary>
public static class MemoryMapReader
{
    private const string NoMemory =
        "The memory itself (/proc/PID/mem) may not be read: large blocks of malloc count as other anonymous memory. It takes the right to trace the process (CAP_SYS_PTRACE, or run as root).";

    private const string NoStackPointers =
        "The threads' stack pointers (/proc/PID/task/TID/syscall) may not be read: stacks are told by their guard pages.";

    private const string NoSmaps =
        "The list of mappings (/proc/PID/smaps) may not be read, only the kernel's sums: all anonymous memory counts as other, and program files count as mapped ones. Run as the process's user or as root.";

    private const string NotLinux = "This system tells the working set only; all of it counts as other anonymous memory.";

    private const string Incomplete = "There is so much other anonymous memory that not all of it was searched for large blocks of malloc.";

    private const string Unconfirmed =
        "The GC's tables do not confirm where its heap is (a GC with segments, or a small heap): up to some MB of heap and bookkeeping may count as other, and other as theirs.";

    /// <summary>Looks at a process.</summary>
    /// <param name="processId">The process id, as this process sees it.</param>
    /// <returns>Null if it is gone.</returns>
    public static MemoryMap? Read(int processId) => OperatingSystem.IsLinux() ? ReadMappings(processId) : ReadSums(processId, NotLinux);

    private static MemoryMap? ReadMappings(int processId)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}");
        var reading = Stopwatch.StartNew();
        byte[] text;
        try
        {
            text = File.ReadAllBytes($"{folder}/smaps");
            reading.Stop();
        }
        catch (UnauthorizedAccessException)
        {
            return ReadSums(processId, NoSmaps);
        }
        catch (IOException)
        {
            return null;
        }

        var mappings = SmapsText.Parse(text);
        if (mappings.Count == 0)
            return null;
        using var memory = new LinuxTargetMemory(folder, reading);
        var classifier = new MappingClassifier(mappings, memory);
        var classified = classifier.Classify();
        return new MemoryMap(classified, memory.ThreadCount, classifier.Arenas, Limits(memory, classifier)) { ReadTime = reading.Elapsed };
    }

    private static IEnumerable<string> Limits(LinuxTargetMemory memory, MappingClassifier classifier)
    {
        if (!memory.CanRead)
            yield return NoMemory;
        if (!memory.HasAllPointers)
            yield return NoStackPointers;
        if (classifier.IsIncomplete)
            yield return Incomplete;
        if (!classifier.IsHeapConfirmed)
            yield return Unconfirmed;
    }

    private static MemoryMap? ReadSums(int processId, string limit)
    {
        using var reader = ProcessMemoryReader.Open(processId);
        return reader.TryRead(out var memory) ? SumsOf(memory, limit) : null;
    }

    /// <summary>The system's own sums in place of mappings; of what it does not tell (-1) there is none.</summary>
    internal static MemoryMap SumsOf(in ProcessMemory memory, string limit) =>
        new([.. Sums(memory)], Math.Max(0, memory.Threads), [], [limit]) { HasSumsOnly = true };

    private static IEnumerable<ClassifiedMapping> Sums(ProcessMemory memory)
    {
        yield return Sum(MemoryKind.OtherAnonymous, memory.Rss - Math.Max(0, memory.RssFile) - Math.Max(0, memory.RssShared), Math.Max(0, memory.Swap));
        if (memory.RssFile >= 0)
            yield return Sum(MemoryKind.MappedFile, memory.RssFile);
        if (memory.RssShared >= 0)
            yield return Sum(MemoryKind.SharedMemory, memory.RssShared);
    }

    private static ClassifiedMapping Sum(MemoryKind kind, long bytes, long swap = 0) =>
        new(new Mapping(0, 0, "----", 0, "", bytes, swap, ""), new Classification(kind, "the system's own sum"));
}
