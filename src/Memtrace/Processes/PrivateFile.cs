namespace Memtrace.Processes;

/// <summary>Files that only their owner may read and write, from the first byte on.</summary>
internal static class PrivateFile
{
    /// <summary>How to open one.</summary>
    /// <param name="mode">Whether it may exist.</param>
    public static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
