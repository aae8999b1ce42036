using Memtrace.Processes;

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
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var unfinished = path + Unfinished;
        try
        {
            using (var stream = new FileStream(unfinished, PrivateFile.Options(FileMode.Create)))
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
}
