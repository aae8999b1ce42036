namespace Memtrace.Footprint.Maps;

/// <summary>A mapping of a process, or a part of one, as /proc/PID/smaps describes it (proc_pid_smaps(5)). Amounts are bytes.</summary>
/// <param name="Start">Its first address.</param>
/// <param name="End">The address behind it.</param>
/// <param name="Permissions">Four letters: <c>r</c>, <c>w</c>, <c>x</c>, and <c>p</c> for private or <c>s</c> for shared.</param>
/// <param name="Inode">The file's inode, 0 without a file.</param>
/// <param name="Name">The file's path, a name in brackets, or nothing.</param>
/// <param name="Rss">How much of it is resident.</param>
/// <param name="Swap">How much of it is swapped out.</param>
/// <param name="Flags">The kernel's two-letter flags, blanks between them.</param>
internal sealed record Mapping(ulong Start, ulong End, string Permissions, long Inode, string Name, long Rss, long Swap, string Flags)
{
    private const string AnonymousName = "[anon:";

    public ulong Size => End - Start;

    /// <summary>Whether it is private memory without a file; a program may have given it a name.</summary>
    public bool IsAnonymous => Inode == 0 && !IsShared && (Name.Length == 0 || Name.StartsWith(AnonymousName, StringComparison.Ordinal));

    public bool IsFile => Name.StartsWith('/');

    public bool IsShared => Permissions[3] == 's';

    public bool IsWritable => Permissions[1] == 'w';

    public bool IsExecutable => Permissions[2] == 'x';

    /// <summary>Whether it only keeps addresses free.</summary>
    public bool IsReserved => Permissions.StartsWith("---", StringComparison.Ordinal);

    /// <summary>Left out of core dumps (MADV_DONTDUMP): so the runtime marks what it reserves.</summary>
    public bool IsNotDumped => Has("dd");

    /// <summary>Mapped with MAP_NORESERVE: so glibc maps its arenas, and .NET nothing.</summary>
    public bool IsNotAccounted => Has("nr");

    /// <summary>Never made of huge pages; from Linux 6.7 on a mark of MAP_STACK.</summary>
    public bool HasNoHugePages => Has("nh");

    public bool Contains(ulong address) => address >= Start && address < End;

    private bool Has(string flag) => Flags.Contains(flag, StringComparison.Ordinal);
}
