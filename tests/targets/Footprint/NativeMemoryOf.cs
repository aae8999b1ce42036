using System.Runtime.InteropServices;

namespace Footprint;

/// <summary>Memory outside the GC heap, all of it written to, and never given back.</summary>
internal static unsafe partial class NativeMemoryOf
{
    private const int ReadWrite = 3;
    private const int Shared = 1;
    private const int PrivateAnonymous = 0x22;

    /// <summary>Blocks of one size from the C library's heap.</summary>
    public static void Malloc(long bytes, int size)
    {
        for (var done = 0L; done < bytes; done += size)
            Touch(NativeMemory.Alloc((nuint)size), size);
    }

    /// <summary>One private mapping.</summary>
    public static void Mmap(long bytes) => Map(bytes, PrivateAnonymous, -1);

    /// <summary>One private mapping, which the kernel is advised will not be needed for a while.</summary>
    public static void PagedOut(long bytes)
    {
        const int PageOut = 21;
        if (bytes > 0 && Madvise(Map(bytes, PrivateAnonymous, -1), (nuint)bytes, PageOut) != 0)
            throw new InvalidOperationException("The memory cannot be paged out.");
    }

    /// <summary>A file, mapped. It is removed at once, so its mapping is of a deleted one; see <see cref="SharedMemory"/> for those that are kept.</summary>
    public static void File(long bytes)
    {
        if (bytes == 0)
            return;
        var path = Path.Combine(AppContext.BaseDirectory, $"mapped-{Environment.ProcessId}.data");
        using var file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Delete, 1, FileOptions.DeleteOnClose);
        file.SetLength(bytes);
        Map(bytes, Shared, (int)file.SafeFileHandle.DangerousGetHandle());
    }

    /// <summary>Memory that is shared through a descriptor.</summary>
    public static void Memfd(long bytes)
    {
        if (bytes == 0)
            return;
        var descriptor = MemfdCreate("shared", 0);
        FtruncateOrThrow(descriptor, bytes);
        Map(bytes, Shared, descriptor);
    }

    /// <summary>A segment of System V, which goes with the process.</summary>
    public static void SystemV(long bytes)
    {
        const int Private = 0, Create = 0x200, OwnerOnly = 0x180, Remove = 0;
        if (bytes == 0)
            return;
        var id = Shmget(Private, (nuint)bytes, Create | OwnerOnly);
        var address = Shmat(id, null, 0);
        _ = Shmctl(id, Remove, null);
        if (id < 0 || address == (void*)-1)
            throw new InvalidOperationException("There is no shared memory to be had.");
        Touch(address, bytes);
    }

    private static void* Map(long bytes, int flags, int descriptor)
    {
        if (bytes == 0)
            return null;
        var address = Mmap(null, (nuint)bytes, ReadWrite, flags, descriptor, 0);
        if (address == (void*)-1)
            throw new InvalidOperationException("The memory cannot be mapped.");
        Touch(address, bytes);
        return address;
    }

    private static void Touch(void* address, long bytes)
    {
        for (var offset = 0L; offset < bytes; offset += 512)
            ((byte*)address)[offset] = 1;
    }

    private static void FtruncateOrThrow(int descriptor, long bytes)
    {
        if (descriptor < 0 || Ftruncate(descriptor, bytes) != 0)
            throw new InvalidOperationException("There is no shared memory to be had.");
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Mmap(void* address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(void* address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemfdCreate(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "ftruncate")]
    private static partial int Ftruncate(int descriptor, long length);

    [LibraryImport("libc", EntryPoint = "shmget")]
    private static partial int Shmget(int key, nuint size, int flags);

    [LibraryImport("libc", EntryPoint = "shmat")]
    private static partial void* Shmat(int id, void* address, int flags);

    [LibraryImport("libc", EntryPoint = "shmctl")]
    private static partial int Shmctl(int id, int command, void* buffer);
}
