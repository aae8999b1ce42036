using System.Runtime.InteropServices;

namespace Memtrace.Processes;

/// <summary>System calls that .NET has no API for.</summary>
internal static partial class NativeMethods
{
    public const int SigKill = 9;
    public const int SigTerm = 15;

    // AT_FDCWD, AT_SYMLINK_NOFOLLOW, S_IFMT and S_IFSOCK; STATX_TYPE, STATX_UID.
    private const int CurrentFolder = -100, DoNotFollow = 0x100, TypeMask = 0xF000, Socket = 0xC000;
    private const uint Type = 1, User = 8;

    // struct statx of linux/stat.h: stx_uid is a 32-bit number, stx_mode a 16-bit one.
    private const int StatusSize = 256, UserOffset = 20, ModeOffset = 28;

    /// <summary>MADV_DONTNEED.</summary>
    private const int NoLongerNeeded = 4;

    /// <summary>The number of pidfd_open(2), the same on all architectures.</summary>
    public const nint PidfdOpen = 434;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint Syscall(nint number, nint argument1, nint argument2);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(ref PollDescriptor descriptors, nuint count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(int descriptor, nuint request, ref PidfdInfo info);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    public static partial int ProcessGroup();

    [LibraryImport("libc", EntryPoint = "tcgetpgrp", SetLastError = true)]
    public static partial int ForegroundGroup(int terminal);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    public static partial int SetPriority(int kind, uint thread, int niceness);

    /// <summary>Gives memory back to the system: it is zeros when it is used again. Other systems than Linux keep it.</summary>
    /// <param name="pages">The first page.</param>
    /// <param name="size">How many bytes.</param>
    public static unsafe void Release(void* pages, nuint size)
    {
        if (OperatingSystem.IsLinux())
            _ = Advise(pages, size, NoLongerNeeded);
    }

    /// <summary>Whether a path is a socket, and not a link to one.</summary>
    public static bool IsSocket(string path) => FileType(path) == Socket;

    /// <summary>The file type of a path (S_IFMT of inode(7)), without following a link; null if it does not exist or cannot be seen.</summary>
    public static unsafe int? FileType(string path)
    {
        var status = stackalloc byte[StatusSize];
        return Statx(CurrentFolder, path, DoNotFollow, Type, status) == 0 ? *(ushort*)(status + ModeOffset) & TypeMask : null;
    }

    /// <summary>The user id of a file's owner; null if there is no such file.</summary>
    public static unsafe int? OwnerOf(string path)
    {
        var status = stackalloc byte[StatusSize];
        return Statx(CurrentFolder, path, 0, User, status) == 0 ? *(int*)(status + UserOffset) : null;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static unsafe partial int Advise(void* address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* status);

    /// <summary>struct pollfd of poll(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public const short Readable = 1;

        public int Descriptor;
        public short Events;
        public short ReturnedEvents;
    }

    /// <summary>struct pidfd_info of linux/pidfd.h in its first version, without the eleven ids in its middle.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    public struct PidfdInfo
    {
        /// <summary>PIDFD_INFO_EXIT, since Linux 6.15: the exit code is requested, or present.</summary>
        public const ulong Exit = 1 << 3;

        /// <summary>PIDFD_GET_INFO: _IOWR(0xFF, 11, struct pidfd_info).</summary>
        public const nuint Request = (3u << 30) | (64u << 16) | (0xFFu << 8) | 11u;

        [FieldOffset(0)]
        public ulong Mask;

        [FieldOffset(60)]
        public int ExitCode;
    }
}
