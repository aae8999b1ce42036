using System.Text.Json;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>What the words about where memory is, and how much is left, are in data and on the screen.</summary>
public static class BreakdownNames
{
    /// <summary>The name of a category in data: <c>gcHeap</c>.</summary>
    /// <param name="category">The category.</param>
    public static string Of(MemoryCategory category) => JsonNamingPolicy.CamelCase.ConvertName(category.ToString());

    /// <summary>The name of a reason in data: <c>peak</c>.</summary>
    /// <param name="reason">The reason.</param>
    public static string Of(BreakdownReason reason) => JsonNamingPolicy.CamelCase.ConvertName(reason.ToString());

    /// <summary>What it is called whose memory gives out first, as in "left of the container".</summary>
    /// <param name="owner">Whose.</param>
    public static string Title(HeadroomOwner owner) => owner switch
    {
        HeadroomOwner.Container => "container",
        HeadroomOwner.GcHeap => "GC heap's limit",
        _ => "machine",
    };

    /// <summary>The name of whose memory gives out first, in data: <c>container</c>.</summary>
    /// <param name="owner">Whose.</param>
    public static string Of(HeadroomOwner owner) => JsonNamingPolicy.CamelCase.ConvertName(owner.ToString());

    /// <summary>The name of a category on the screen.</summary>
    /// <param name="category">The category.</param>
    public static string Title(MemoryCategory category) => category switch
    {
        MemoryCategory.GcHeap => "GC heap",
        MemoryCategory.GcBookkeeping => "GC bookkeeping",
        MemoryCategory.JitCode => "JIT code",
        MemoryCategory.LoaderHeaps => "Loader heaps",
        MemoryCategory.Images => "Images",
        MemoryCategory.ThreadStacks => "Thread stacks",
        MemoryCategory.MallocHeap => "malloc",
        MemoryCategory.MappedFiles => "Mapped files",
        MemoryCategory.SharedMemory => "Shared memory",
        _ => "Other anonymous",
    };
}
