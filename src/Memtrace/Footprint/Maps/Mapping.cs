namespace Memtrace.Footprint.Maps;

/// <summary>A mapping of a process, or a part of one, from /proc/PID/smaps (proc_pid_smaps(5)). Amounts are bytes.</summary>
/// <param name="Start">Its first address.</param>
/// <param name="End">The address after its last byte.</param>
/// <param name="Permissions">Four letters: <c>r</c>, <c>w</c>, <c>x</c>, and <c>p</c> for private or <c>s</c> for shared.</param>
/// <param name="Inode">The file's inode; 0 if it maps no file.</param>
/// <param name="Name">The file's path, a name in brackets, or empty.</param>
/// <param name="Rss">How much of it is resident.</param>
/// <param name="Swap">How much of it is swapped out.</param>
/// <param name="Flags">The kernel's two-letter flags, separated by blanks.</param>
internal sealed record Mapping(ulong Start, ulong End, string Permissions, long Inode, string Name, long Rss, long Swap, string Flags)
{
    private const string AnonymousName = "[anon:";

    public ulong Size => End - Start;

    /// <summary>Whether it is private memory without a file. A program may have named it.</summary>
    public bool IsAnonymous => Inode == 0 && !IsShared && (Name.Length == 0 || Name.StartsWith(AnonymousName, StringComparison.Ordinal));

    public bool IsFile => Name.StartsWith('/');

    public bool IsShared => Permissions[3] == 's';

    public bool IsWritable => Permissions[1] == 'w';

    public bool IsExecutable => Permissions[2] == 'x';

    /// <summary>Whether it only reserves addresses.</summary>
    public bool IsReserved => Permissions.StartsWith("---", StringComparison.Ordinal);

    /// <summary>Excluded from core dumps (MADV_DONTDUMP), as the memory that the runtime reserves is.</summary>
    public bool IsNotDumped => Has("dd");

    /// <summary>Mapped with MAP_NORESERVE, as glibc's arenas are, and none of .NET's memory.</summary>
    public bool IsNotAccounted => Has("nr");

    /// <summary>Excluded from huge pages; since Linux 6.7 this marks MAP_STACK.</summary>
    public bool HasNoHugePages => Has("nh");

    public bool Contains(ulong address) => address >= Start && address < End;

    private bool Has(string flag) => Flags.Contains(flag, StringComparison.Ordinal);
}
