using System.Globalization;

namespace Memtrace.Footprint;

/// <summary>A line of /proc/PID/mountinfo, see proc_pid_mountinfo(5).</summary>
/// <param name="Device">The file system's device, such as <c>fe:00</c>, in the form that /proc/PID/maps uses.</param>
/// <param name="Root">The folder of the file system that is mounted, such as <c>/</c> or, in a container, <c>/docker/ID</c>.</param>
/// <param name="Folder">The mount point.</param>
/// <param name="FileSystem">The type of the file system.</param>
/// <param name="Options">The file system's options; version 1 control groups list their controllers here.</param>
internal sealed record MountPoint(string Device, string Root, string Folder, string FileSystem, IReadOnlyList<string> Options)
{
    private const int DeviceField = 2;
    private const int RootField = 3;
    private const int FolderField = 4;
    private const int FirstOptionalField = 6;

    /// <summary>Null if the line is malformed.</summary>
    public static MountPoint? Parse(string line)
    {
        // id parent device ROOT FOLDER options optional* - TYPE source OPTIONS
        var fields = line.Split(' ');
        var hyphen = fields.Length < FirstOptionalField ? -1 : Array.IndexOf(fields, "-", FirstOptionalField);
        return hyphen < 0 || hyphen + 3 >= fields.Length
            ? null
            : new MountPoint(HexDevice(fields[DeviceField]), Unescape(fields[RootField]), Unescape(fields[FolderField]), fields[hyphen + 1], fields[hyphen + 3].Split(','));
    }

    /// <summary>The path, relative to <see cref="Folder"/>, of a folder of the file system; null if it is not visible through this mount.</summary>
    public string? Below(string path)
    {
        var root = Root.TrimEnd('/');
        if (!path.StartsWith(root, StringComparison.Ordinal))
            return null;

        // A path that leads out of the namespace begins with "/..": it is not below this mount.
        var rest = path[root.Length..];
        return rest.Length > 0 && rest[0] != '/' || rest.Split('/').Contains("..") ? null : rest;
    }

    /// <summary>Whether its files are in memory only: the kernel cannot reclaim their pages.</summary>
    public bool IsInMemory => FileSystem is "tmpfs" or "ramfs" or "devtmpfs" or "hugetlbfs";

    // mountinfo has decimal numbers, maps and smaps have hexadecimal ones.
    private static string HexDevice(string device) =>
        device.Split(':') is [var major, var minor] && int.TryParse(major, CultureInfo.InvariantCulture, out var high) && int.TryParse(minor, CultureInfo.InvariantCulture, out var low)
            ? string.Create(CultureInfo.InvariantCulture, $"{high:x2}:{low:x2}")
            : device;

    // The kernel escapes these four characters, and no others.
    private static string Unescape(string field) => field
        .Replace(@"\040", " ", StringComparison.Ordinal)
        .Replace(@"\011", "\t", StringComparison.Ordinal)
        .Replace(@"\012", "\n", StringComparison.Ordinal)
        .Replace(@"\134", @"\", StringComparison.Ordinal);
}
