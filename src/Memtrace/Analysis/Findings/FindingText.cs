using System.Text.Json;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>Phrases that findings share.</summary>
internal static class FindingText
{
    /// <summary>A place in the code: <c>MyApp.Cache.Add (Cache.cs:42)</c>.</summary>
    public static string Place(Frame? frame) => frame?.Place ?? "an unknown call site";

    /// <summary>An amount with its share: <c>500.0 MiB, 46.0%</c>.</summary>
    public static string Part(double bytes, double whole) => $"{ByteSize.Format(bytes)}, {Percent.Format(Percent.Share(bytes, whole))}";

    /// <summary>A list in words: <c>a, b and c</c>.</summary>
    public static string Row(IReadOnlyList<string> words) => words.Count switch
    {
        0 => "",
        1 => words[0],
        _ => $"{string.Join(", ", words.SkipLast(1))} and {words[^1]}",
    };

    /// <summary>A category in the key of a piece of evidence: <c>mallocHeap</c>.</summary>
    public static string Key(MemoryCategory category) => JsonNamingPolicy.CamelCase.ConvertName(category.ToString());

    /// <summary>A category inside a sentence.</summary>
    public static string Name(MemoryCategory category) => category switch
    {
        MemoryCategory.GcHeap => "the GC heap",
        MemoryCategory.GcBookkeeping => "the GC's bookkeeping",
        MemoryCategory.JitCode => "JIT code",
        MemoryCategory.LoaderHeaps => "loader heaps",
        MemoryCategory.Images => "images",
        MemoryCategory.ThreadStacks => "thread stacks",
        MemoryCategory.MallocHeap => "malloc",
        MemoryCategory.MappedFiles => "mapped files",
        MemoryCategory.SharedMemory => "shared memory",
        _ => "other anonymous memory",
    };
}
