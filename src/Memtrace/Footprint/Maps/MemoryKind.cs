using Memtrace.Profiles;

namespace Memtrace.Footprint.Maps;

/// <summary>What a mapping is used for, in more detail than <see cref="MemoryCategory"/>.</summary>
internal enum MemoryKind
{
    GcHeap,
    FrozenHeap,
    GcBookkeeping,
    GcHandles,
    JitCode,
    LoaderHeap,
    ManagedImage,
    NativeImage,
    ThreadStack,
    MallocMainHeap,
    MallocArena,
    MallocMapped,
    MappedFile,
    SharedMemory,
    OtherAnonymous,
}

/// <summary>The categories of the kinds.</summary>
internal static class MemoryKinds
{
    extension(MemoryKind kind)
    {
        /// <summary>The category that the kind belongs to.</summary>
        public MemoryCategory Category => kind switch
        {
            MemoryKind.GcHeap or MemoryKind.FrozenHeap => MemoryCategory.GcHeap,
            MemoryKind.GcBookkeeping or MemoryKind.GcHandles => MemoryCategory.GcBookkeeping,
            MemoryKind.JitCode => MemoryCategory.JitCode,
            MemoryKind.LoaderHeap => MemoryCategory.LoaderHeaps,
            MemoryKind.ManagedImage or MemoryKind.NativeImage => MemoryCategory.Images,
            MemoryKind.ThreadStack => MemoryCategory.ThreadStacks,
            MemoryKind.MallocMainHeap or MemoryKind.MallocArena or MemoryKind.MallocMapped => MemoryCategory.MallocHeap,
            MemoryKind.MappedFile => MemoryCategory.MappedFiles,
            MemoryKind.SharedMemory => MemoryCategory.SharedMemory,
            _ => MemoryCategory.OtherAnonymous,
        };
    }
}
