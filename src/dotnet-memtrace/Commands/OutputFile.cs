using System.Diagnostics;
using System.Globalization;
using Memtrace.Processes;

namespace Memtrace.Tool.Commands;

/// <summary>
/// Writes files atomically: until a file is complete, an earlier one remains. Files are readable by their owner only, like recordings. A link under the
/// name is replaced, never followed.
/// </summary>
internal static class OutputFile
{
    /// <summary>Whether the file is a device such as <c>/dev/stdout</c>, which is written to directly.</summary>
    /// <param name="file">The file.</param>
    public static bool IsDevice(string file)
    {
        // /dev/shm holds ordinary files in memory.
        var path = Path.GetFullPath(file);
        return !OperatingSystem.IsWindows() && path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal);
    }

    /// <summary>Rejects a file that cannot be written, before there is any work for nothing.</summary>
    /// <param name="file">The file.</param>
    /// <param name="overwrite">Whether it may exist.</param>
    /// <exception cref="CommandException">The file exists, is a folder, or its folder is missing or cannot be written to.</exception>
    public static void RequireFree(string file, bool overwrite)
    {
        RequireNoFolder(file);
        if (!overwrite && !IsDevice(file) && FileKinds.Of(file) != FileKind.Missing)
            throw new CommandException(ExitCode.TracingError, $"{file} exists; --force overwrites it.");
        if (!IsDevice(file) && FileKinds.Of(file) != FileKind.Special)
            Try(file, () => TryBeside(file));
    }

    /// <summary>Rejects a file that cannot be appended to.</summary>
    /// <param name="file">The file, which may exist.</param>
    /// <exception cref="CommandException">It is a folder, or cannot be written.</exception>
    public static void RequireAppendable(string file)
    {
        if (!File.Exists(file))
            RequireFree(file, overwrite: true);
        else
            Try(file, () => new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite).Dispose());
    }

    /// <summary>Does what may fail because of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="write">Writes it.</param>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public static void Try(string file, Action write) => Try(file, () =>
    {
        write();
        return true;
    });

    /// <summary>Does what may fail because of a file.</summary>
    /// <typeparam name="T">The type of its result.</typeparam>
    /// <param name="file">The file.</param>
    /// <param name="write">Writes it.</param>
    /// <returns>What <paramref name="write"/> returns.</returns>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public static T Try<T>(string file, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandException.FileNotWritten(file, error);
        }
    }

    private static void TryBeside(string file)
    {
        var unfinished = NameBeside(file);
        new FileStream(unfinished, PrivateFile.Options(FileMode.CreateNew)).Dispose();
        File.Delete(unfinished);
    }

    private static void RequireNoFolder(string file)
    {
        if (Directory.Exists(file))
            throw new CommandException(ExitCode.TracingError, $"cannot write {file}: it is a folder.");
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
            throw new CommandException(ExitCode.TracingError, $"cannot write {file}: the folder {folder} does not exist.");
    }

    /// <summary>Writes a file that only its owner may read, whole or not at all.</summary>
    /// <param name="file">The file.</param>
    /// <param name="overwrite">Whether it may exist.</param>
    /// <param name="write">Writes the content.</param>
    /// <returns>Its size in bytes.</returns>
    /// <exception cref="IOException">It cannot be written, or exists already.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public static long Write(string file, bool overwrite, Action<Stream> write)
    {
        // Moving a file onto a device or a pipe would replace it.
        if (IsDevice(file) || FileKinds.Of(file) == FileKind.Special)
            return WriteStream(new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite), write);

        // Opened outside of the try block: a file that was there already is not deleted.
        var unfinished = NameBeside(file);
        var stream = new FileStream(unfinished, PrivateFile.Options(FileMode.CreateNew));
        try
        {
            var length = WriteStream(stream, write);
            File.Move(unfinished, file, overwrite);
            return length;
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    // A Guid would need /dev/urandom, which a bare container may lack.
    private static string NameBeside(string file) => string.Create(CultureInfo.InvariantCulture, $"{file}.{Environment.ProcessId}-{Stopwatch.GetTimestamp():x}.tmp");

    private static long WriteStream(FileStream stream, Action<Stream> write)
    {
        using (stream)
        {
            write(stream);
            return stream.CanSeek ? stream.Position : 0;
        }
    }
}
