using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>The names of memory categories, and of the owners of remaining memory, on the screen.</summary>
internal static class BreakdownNames
{
    /// <summary>What memory runs out first, as in "left of the container".</summary>
    /// <param name="owner">Whose memory.</param>
    public static string Title(HeadroomOwner owner) => owner switch
    {
        HeadroomOwner.Container => "container",
        HeadroomOwner.GcHeap => "GC heap's limit",
        _ => "machine",
    };

    /// <summary>The name of a category.</summary>
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
