namespace Memtrace.Watching.Captures;

/// <summary>Writes files whole or not at all; they are readable by their owner only.</summary>
internal static class AtomicFile
{
    /// <summary>What the names of unfinished files end with.</summary>
    public const string Unfinished = ".tmp";

    /// <summary>Writes a file in place of the one that was there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var unfinished = path + Unfinished;
        try
        {
            using (var stream = new FileStream(unfinished, Private(FileMode.Create)))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>Opens a file for its owner only.</summary>
    /// <param name="mode">Whether it may exist.</param>
    public static FileStreamOptions Private(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
