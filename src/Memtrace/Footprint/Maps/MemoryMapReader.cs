using System.Globalization;
using Memtrace.Profiles;

namespace Memtrace.Footprint.Maps;

/// <summary>
/// Takes a snapshot of a process's memory map. On Linux, calls of the process that map or unmap memory block meanwhile, about 25 ms per GB
/// (docs/breakdown.md), so do not take snapshots often.
/// </summary>
internal static class MemoryMapReader
{
    private const string NoMemory =
        "Memory contents (/proc/PID/mem) cannot be read: large malloc blocks, GC handles and the NonGC heap count as other anonymous memory. This requires permission to trace the process (CAP_SYS_PTRACE, or root).";

    private const string NoStackPointers =
        "The threads' stack pointers (/proc/PID/task/TID/syscall) cannot be read: stacks are recognized by their guard pages only.";

    private const string NoSmaps =
        "The list of mappings (/proc/PID/smaps) cannot be read, only the kernel's totals: all anonymous memory counts as other, and images count as mapped files. Run as the process's user, or as root if that is not enough.";

    private const string NotLinux = "This operating system reports the working set only; all of it counts as other anonymous memory.";

    private const string Incomplete = "There is too much other anonymous memory to search all of it for large malloc blocks and GC handles.";

    private const string Unconfirmed =
        "The GC's tables do not confirm where its heap is (a GC with segments, or a small heap): a few MB of heap, bookkeeping and other anonymous memory may be in the wrong category.";

    private const string Contradictory =
        "The process changed much of its memory while its mappings were read: the categories may not add up to the resident set at any moment.";

    private const int MostAttempts = 3;

    /// <summary>A longer read is worth a note.</summary>
    private static readonly TimeSpan LongRead = TimeSpan.FromMilliseconds(200);

    /// <summary>Takes a snapshot.</summary>
    /// <param name="processId">The process id, as this process sees it.</param>
    /// <returns>Null if it is gone.</returns>
    public static MemoryMap? Read(int processId) => OperatingSystem.IsLinux() ? ReadMappings(processId) : ReadSums(processId, NotLinux);

    private static MemoryMap? ReadMappings(int processId)
    {
        MemoryMap? map = null;
        for (var attempt = 0; attempt < MostAttempts && map is null or { IsContradictory: true }; attempt++)
        {
            map = ReadMappingsOnce(processId);
            if (map is null)
                return null;
        }

        return map;
    }

    private static MemoryMap? ReadMappingsOnce(int processId)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}");
        using var totals = ProcessMemoryReader.Open(processId);
        var before = totals.TryRead(out var first) ? first.Rss : (long?)null;
        var reading = new ReadTimer();
        reading.Start();
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

        var after = totals.TryRead(out var second) ? second.Rss : (long?)null;
        var mappings = SmapsText.Parse(text);
        return mappings.Count == 0 ? null : Classify(processId, folder, mappings, reading, Contradicts(mappings.Sum(mapping => mapping.Rss), before, after));
    }

    /// <summary>If a process's memory goes up and down while its mappings are read one by one, their sum may never have been resident.</summary>
    internal static bool Contradicts(long sum, long? before, long? after)
    {
        if (before is not { } first || after is not { } last)
            return false;
        var (low, high) = (Math.Min(first, last), Math.Max(first, last));

        // The kernel's counters are exact to a number of pages for each processor only.
        var slack = (high / 50) + (4 << 20) + Math.Min(Environment.ProcessorCount * (384L << 10), 8 << 20);
        return sum < low - slack || sum > high + slack;
    }

    private static MemoryMap Classify(int processId, string folder, List<Mapping> mappings, ReadTimer reading, bool contradicts)
    {
        using var memory = new LinuxTargetMemory(folder, reading);
        var classifier = new MappingClassifier(mappings, memory);
        var classified = classifier.Classify();
        var limits = Limits(memory, classifier).Concat(contradicts ? [Contradictory] : []).Concat(reading.Elapsed > LongRead ? [Slow(mappings.Count, reading.Elapsed)] : []);
        return new MemoryMap(classified, memory.ThreadCount, classifier.Arenas, limits)
        {
            ReadTime = reading.Elapsed,
            BusyTime = reading.Busy,
            Heaps = [.. classifier.Heaps],
            HandleCounts = HandleTable.Count(classified.Where(item => item.Kind == MemoryKind.GcHandles).Select(item => item.Mapping.Range), memory),
            MappingCount = mappings.Count,
            MappingLimit = ReadMappingLimit(),
            GpuBytes = GpuMemoryReader.Read(processId),
            IsContradictory = contradicts,
        };
    }

    private static string Slow(int mappings, TimeSpan elapsed) => string.Create(
        CultureInfo.InvariantCulture,
        $"Reading {mappings:#,0} mappings took {elapsed.TotalMilliseconds:#,0} ms, during which calls of the process that map memory could block.");

    private static int? ReadMappingLimit()
    {
        using var file = new PseudoFile("/proc/sys/vm/max_map_count");
        return file.TryRead(out var text) ? (int?)KernelText.Number(text) : null;
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
        new(new Mapping(default, "----", 0, "", bytes, swap, ""), new Classification(kind, "total of the operating system"));
}
