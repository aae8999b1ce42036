namespace Memtrace.Reading;

/// <summary>Opens files to be read, and words why one cannot be.</summary>
internal static class InputFile
{
    /// <summary>Opens a file, which others may still write, rename or delete.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="bufferSize">The size of the stream's buffer; 0 for readers with their own.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public static FileStream Open(string file, int bufferSize = 4096) => Directory.Exists(file)
        ? throw new IOException(Folder(file))
        : new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize, FileOptions.SequentialScan);

    /// <summary>Why a file cannot be read.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="cause">What opening or reading it threw.</param>
    public static string Failure(string file, Exception cause) => cause switch
    {
        FileNotFoundException or DirectoryNotFoundException => Missing(file),
        _ when Directory.Exists(file) => Folder(file),
        _ => $"{file} cannot be read: {FileFailure.ReasonToRead(cause)}.",
    };

    /// <summary>A file does not exist.</summary>
    /// <param name="file">Its path.</param>
    public static string Missing(string file) => $"{file} does not exist.";

    private static string Folder(string file) => $"{file} is a folder.";
}
