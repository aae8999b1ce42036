using System.Diagnostics;
using System.Globalization;
using Memtrace.Profiles;

namespace Memtrace.Footprint.Maps;

/// <summary>
/// Takes a snapshot of a process's memory map. On Linux, calls of the process that map or unmap memory block meanwhile, about 25 ms per GB
/// (docs/breakdown.md), so do not take snapshots often.
/// </summary>
public static class MemoryMapReader
{
    private const string NoMemory =
        "Memory contents (/proc/PID/mem) cannot be read: large malloc blocks count as other anonymous memory. This requires permission to trace the process (CAP_SYS_PTRACE, or root).";

    private const string NoStackPointers =
        "The threads' stack pointers (/proc/PID/task/TID/syscall) cannot be read: stacks are recognized by their guard pages only.";

    private const string NoSmaps =
        "The list of mappings (/proc/PID/smaps) cannot be read, only the kernel's totals: all anonymous memory counts as other, and images count as mapped files. Run as the process's user or as root.";

    private const string NotLinux = "This operating system reports the working set only; all of it counts as other anonymous memory.";

    private const string Incomplete = "There is too much other anonymous memory to search all of it for large malloc blocks.";

    private const string Unconfirmed =
        "The GC's tables do not confirm where its heap is (a GC with segments, or a small heap): a few MB of heap, bookkeeping and other anonymous memory may be in the wrong category.";

    /// <summary>Takes a snapshot.</summary>
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

    /// <summary>The operating system's totals instead of mappings. Unknown totals are left out.</summary>
    internal static MemoryMap SumsOf(in ProcessMemory memory, string limit) =>
        new([.. Sums(memory)], memory.Threads ?? 0, [], [limit]) { HasSumsOnly = true };

    private static IEnumerable<ClassifiedMapping> Sums(ProcessMemory memory)
    {
        yield return Sum(MemoryKind.OtherAnonymous, memory.Rss - (memory.RssFile ?? 0) - (memory.RssShared ?? 0), memory.Swap ?? 0);
        if (memory.RssFile is { } file)
            yield return Sum(MemoryKind.MappedFile, file);
        if (memory.RssShared is { } shared)
            yield return Sum(MemoryKind.SharedMemory, shared);
    }

    private static ClassifiedMapping Sum(MemoryKind kind, long bytes, long swap = 0) =>
        new(new Mapping(0, 0, "----", 0, "", bytes, swap, ""), new Classification(kind, "total of the operating system"));
}
