namespace Memtrace.Tool.Commands;

/// <summary>Writes files as a whole: as long as one is not complete, there is nothing under its name but what was there before.</summary>
internal static class OutputFile
{
    /// <summary>Whether writing there replaces nothing: <c>/dev/stdout</c>.</summary>
    /// <param name="file">The file.</param>
    public static bool IsDevice(string file)
    {
        // Among the devices is a folder of ordinary files, which live in memory.
        var path = Path.GetFullPath(file);
        return !OperatingSystem.IsWindows() && path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal);
    }

    /// <summary>Refuses names under which no file can be written.</summary>
    /// <param name="file">The file.</param>
    /// <param name="overwrite">Whether it may be there already.</param>
    /// <exception cref="CommandException">There is such a file, or a folder of that name.</exception>
    public static void RequireFree(string file, bool overwrite)
    {
        if (Directory.Exists(file))
            throw new CommandException(ExitCode.TracingError, $"cannot write {file}: it is a folder.");
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
            throw new CommandException(ExitCode.TracingError, $"cannot write {file}: there is no folder {folder}.");
        if (!overwrite && !IsDevice(file) && File.Exists(file))
            throw new CommandException(ExitCode.TracingError, $"{file} exists; --force overwrites it.");
    }

    /// <summary>Writes a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="overwrite">Whether it may be there already.</param>
    /// <param name="write">Writes what is to be in it.</param>
    /// <returns>Its size in bytes.</returns>
    /// <exception cref="IOException">It cannot be written, or is there already.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written.</exception>
    public static long Write(string file, bool overwrite, Action<Stream> write)
    {
        // What is moved onto a device takes its place.
        if (IsDevice(file))
            return WriteStream(new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite), write);

        var unfinished = $"{file}.{Environment.ProcessId}.tmp";
        try
        {
            var length = WriteStream(new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write), write);
            File.Move(unfinished, file, overwrite);
            return length;
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    private static long WriteStream(FileStream stream, Action<Stream> write)
    {
        using (stream)
        {
            write(stream);
            return stream.CanSeek ? stream.Position : 0;
        }
    }
}
