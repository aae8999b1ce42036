using System.Runtime.InteropServices;

namespace Memtrace.Reading;

/// <summary>The owner of a folder on Linux.</summary>
internal static partial class FolderOwner
{
    // AT_FDCWD, AT_SYMLINK_NOFOLLOW, STATX_UID, and struct statx of linux/stat.h. Processes.NativeMethods calls statx(2) as well, but reading a file must not depend on
    // processes, and the rooms that both import make no system calls.
    private const int CurrentFolder = -100;
    private const int DoNotFollow = 0x100;
    private const uint User = 8;
    private const int UserOffset = 20;
    private const int StatusSize = 256;

    /// <summary>Whether this process's user owns a folder, or the link that has its name.</summary>
    /// <param name="folder">Its path.</param>
    public static unsafe bool IsThisUser(string folder)
    {
        var status = stackalloc byte[StatusSize];
        return Statx(CurrentFolder, folder, DoNotFollow, User, status) == 0 && *(uint*)(status + UserOffset) == EffectiveUser();
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* status);
}
