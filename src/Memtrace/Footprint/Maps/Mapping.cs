namespace Memtrace.Footprint.Maps;

/// <summary>A mapping of a process, or a part of one, from /proc/PID/smaps (proc_pid_smaps(5)). Amounts are bytes.</summary>
/// <param name="Range">Its addresses.</param>
/// <param name="Permissions">Four letters: <c>r</c>, <c>w</c>, <c>x</c>, and <c>p</c> for private or <c>s</c> for shared.</param>
/// <param name="Inode">The file's inode; 0 if it maps no file.</param>
/// <param name="Name">The file's path, a name in brackets, or empty.</param>
/// <param name="Rss">How much of it is resident.</param>
/// <param name="Swap">How much of it is swapped out.</param>
/// <param name="Flags">The kernel's two-letter flags, separated by blanks.</param>
internal sealed record Mapping(AddressRange Range, string Permissions, long Inode, string Name, long Rss, long Swap, string Flags)
{
    private const string AnonymousName = "[anon:";

    /// <summary>Its first address.</summary>
    public ulong Start => Range.Start;

    /// <summary>The address after its last byte.</summary>
    public ulong End => Range.End;

    /// <summary>Its size.</summary>
    public ulong Size => Range.Size;

    /// <summary>Where it begins in the file.</summary>
    public ulong Offset { get; init; }

    /// <summary>The device of the file's file system, such as <c>fe:00</c>.</summary>
    public string Device { get; init; } = "";

    /// <summary>How much of it is in reserved huge pages (hugetlb), which are not part of any resident set.</summary>
    public long HugePages { get; init; }

    /// <summary>How much of <see cref="Rss"/> the program has freed lazily (MADV_FREE): the kernel reclaims it when memory is short.</summary>
    public long LazilyFreed { get; init; }

    /// <summary>Whether it is private memory without a file. A program may have named it.</summary>
    public bool IsAnonymous => Inode == 0 && !IsShared && (Name.Length == 0 || Name.StartsWith(AnonymousName, StringComparison.Ordinal));

    /// <summary>Whether it maps a file.</summary>
    public bool IsFile => Name.StartsWith('/');

    /// <summary>Whether writes are visible to other processes that map the same memory.</summary>
    public bool IsShared => Permissions[3] == 's';

    /// <summary>Whether it can be written to.</summary>
    public bool IsWritable => Permissions[1] == 'w';

    /// <summary>Whether it can be executed.</summary>
    public bool IsExecutable => Permissions[2] == 'x';

    /// <summary>Whether it only reserves addresses.</summary>
    public bool IsReserved => Permissions.StartsWith("---", StringComparison.Ordinal);

    /// <summary>Excluded from core dumps (MADV_DONTDUMP), as the memory that the runtime reserves is.</summary>
    public bool IsNotDumped => Has("dd");

    /// <summary>Mapped with MAP_NORESERVE, as glibc's arenas are, and none of .NET's memory.</summary>
    public bool IsNotAccounted => Has("nr");

    /// <summary>Excluded from transparent huge pages; since Linux 6.7 this marks MAP_STACK.</summary>
    public bool HasNoHugePages => Has("nh");

    /// <summary>Whether it consists of reserved huge pages (hugetlb).</summary>
    public bool IsHugePages => Has("ht");

    private bool Has(string flag) => Flags.Contains(flag, StringComparison.Ordinal);
}
