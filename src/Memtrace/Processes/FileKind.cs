namespace Memtrace.Processes;

/// <summary>What a path names.</summary>
internal enum FileKind
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>A regular file.</summary>
    Regular,

    /// <summary>A symbolic link, whatever it points to.</summary>
    Link,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A device, a pipe or a socket.</summary>
    Special,
}

/// <summary>Finds out what paths name, without following links.</summary>
internal static class FileKinds
{
    private const int RegularType = 0x8000, LinkType = 0xA000, FolderType = 0x4000;

    /// <summary>What a path names.</summary>
    /// <param name="path">The path.</param>
    public static FileKind Of(string path) => OperatingSystem.IsLinux() ? OfType(NativeMethods.FileType(path)) : OfInfo(new FileInfo(path));

    private static FileKind OfType(int? type) => type switch
    {
        null => FileKind.Missing,
        RegularType => FileKind.Regular,
        LinkType => FileKind.Link,
        FolderType => FileKind.Folder,
        _ => FileKind.Special,
    };

    private static FileKind OfInfo(FileInfo info) => info switch
    {
        { LinkTarget: not null } => FileKind.Link,
        { Exists: true } => FileKind.Regular,
        _ => Directory.Exists(info.FullName) ? FileKind.Folder : FileKind.Missing,
    };
}
