namespace Memtrace.Reading;

/// <summary>
/// A recording to be read, with its format. What comes through a pipe (<c>/dev/stdin</c>, a FIFO, <c>&lt;(command)</c>) can be read only once, so it is first
/// copied to a temporary file, which is deleted afterwards.
/// </summary>
internal sealed class RecordingInput : IDisposable
{
    private readonly TemporaryFolder? _folder;

    private RecordingInput(string path, RecordingFormat format, TemporaryFolder? folder) => (Path, Format, _folder) = (path, format, folder);

    /// <summary>The path of a file that can be read repeatedly.</summary>
    public string Path { get; }

    /// <summary>Its format.</summary>
    public RecordingFormat Format { get; }

    /// <summary>Opens a recording.</summary>
    /// <param name="file">Its path.</param>
    /// <exception cref="IOException">It cannot be read, or there is no space for a copy.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    /// <exception cref="RecordingException">TraceEvent's serializer wrote the file, but it is not a recording.</exception>
    public static RecordingInput Open(string file)
    {
        using var stream = OpenUnbuffered(file);
        var beginning = new byte[RecordingFormats.BeginningSize];
        beginning = beginning[..stream.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false)];
        var format = RecordingFormats.Of(beginning, file);
        return stream.CanSeek ? new RecordingInput(file, format, null) : Copy(stream, beginning, format);
    }

    /// <summary>Opens the file for reading from its start.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public FileStream OpenStream() => OpenUnbuffered(Path);

    /// <inheritdoc/>
    public void Dispose() => _folder?.Dispose();

    private static RecordingInput Copy(FileStream stream, byte[] beginning, RecordingFormat format)
    {
        var folder = new TemporaryFolder();
        try
        {
            var path = folder.File("recording");
            using var copy = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            copy.Write(beginning);

            // Anything else is reported by its first bytes; it may be endless.
            if (format != RecordingFormat.Nettrace || RecordingFormats.IsNettrace(beginning))
                stream.CopyTo(copy);
            return new RecordingInput(path, format, folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    // The readers have their own buffers.
    private static FileStream OpenUnbuffered(string file) => InputFile.Open(file, bufferSize: 0);
}
