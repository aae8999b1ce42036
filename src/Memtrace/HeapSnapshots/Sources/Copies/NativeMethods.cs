using System.Runtime.InteropServices;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>Calls of Linux that stop a process and copy its memory.</summary>
internal static unsafe partial class NativeMethods
{
    public const int NotPermitted = 1;
    public const int NoSuchProcess = 3;

    /// <summary>Requests of ptrace(2). Only <see cref="GetRegisters"/> is of x64; the others are the same on all architectures.</summary>
    public const nint GetRegisters = 12;
    public const nint Detach = 17;
    public const nint Seize = 0x4206;
    public const nint Interrupt = 0x4207;

    /// <summary>Options of waitpid(2): return at once (WNOHANG), threads, too (__WALL).</summary>
    public const int DoNotBlock = 1;
    public const int AllThreads = 0x4000_0000;

    public const int ReadWrite = 3;
    public const int Shared = 1;

    /// <summary>madvise(2): make pages present and writable (MADV_POPULATE_WRITE), since Linux 5.14.</summary>
    public const int PopulateForWriting = 23;

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    public static partial nint Trace(nint request, int thread, nint address, void* data);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    public static partial int Wait(int thread, out int status, int options);

    [LibraryImport("libc", EntryPoint = "process_vm_readv", SetLastError = true)]
    public static partial nint ReadMemory(int process, Buffer* local, nuint localCount, Buffer* remote, nuint remoteCount, nuint flags);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int CreateMemoryFile(string name, uint flags);

    /// <summary>Returns the error itself.</summary>
    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    public static partial int Allocate(int descriptor, nint offset, nint size);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial nint Map(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    public static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int ScanPages(SafeHandle descriptor, nuint request, ref PageScanArguments arguments);

    [LibraryImport("libc", EntryPoint = "usleep")]
    public static partial int Sleep(uint microseconds);

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Buffer
    {
        public nint Address;
        public nuint Size;
    }

    /// <summary>struct pm_scan_arg of linux/fs.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PageScanArguments
    {
        /// <summary>PAGEMAP_SCAN, since Linux 6.7: _IOWR('f', 16, struct pm_scan_arg).</summary>
        public const nuint Request = (3u << 30) | (96u << 16) | ('f' << 8) | 16;

        public const ulong IsPresent = 1 << 3;
        public const ulong IsSwapped = 1 << 4;
        public const ulong IsZero = 1 << 5;

        public ulong Size;
        public ulong Flags;
        public ulong Start;
        public ulong End;
        public ulong WalkEnd;
        public ulong Regions;
        public ulong RegionCount;
        public ulong MostPages;
        public ulong Inverted;
        public ulong AllOf;
        public ulong AnyOf;
        public ulong Returned;
    }

    /// <summary>struct page_region of linux/fs.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PageRegion
    {
        public ulong Start;
        public ulong End;
        public ulong Categories;
    }
}
