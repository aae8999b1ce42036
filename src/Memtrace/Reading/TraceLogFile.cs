using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Etlx;

namespace Memtrace.Reading;

/// <summary>A file opened with TraceEvent's TraceLog. Anything but an .etlx file is first converted to one in a temporary folder.</summary>
internal sealed class TraceLogFile : IDisposable
{
    private readonly TemporaryFolder? _folder;

    /// <summary>Opens a file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="format">Its format.</param>
    /// <exception cref="RecordingException">The file cannot be read on this operating system.</exception>
    /// <exception cref="IOException">The file cannot be read, or there is no space for the converted one.</exception>
    public TraceLogFile(string file, RecordingFormat format)
    {
        if (format is RecordingFormat.Etl or RecordingFormat.ZippedEtl && !OperatingSystem.IsWindows())
            throw new RecordingException(".etl files can only be read on Windows. Read the file there, or convert it to .etlx there.");
        _folder = format == RecordingFormat.TraceLog ? null : new TemporaryFolder();
        try
        {
            Log = new TraceLog(_folder is null ? file : Convert(file, format));
        }
        catch
        {
            _folder?.Dispose();
            throw;
        }
    }

    /// <summary>The content.</summary>
    public TraceLog Log { get; }

    /// <summary>Whether it was read to its end; false if it is truncated or damaged.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        Log.Dispose();
        _folder?.Dispose();
    }

    private string Convert(string file, RecordingFormat format)
    {
        var source = format == RecordingFormat.ZippedEtl ? Unpacked(file) : file;
        try
        {
            return Convert(source, format, new TraceLogOptions());
        }
        catch (Exception e) when (e is EndOfStreamException or not (OutOfMemoryException or IOException or UnauthorizedAccessException or UnsupportedFormatVersionException))
        {
            // The file is truncated or damaged: read what comes before.
            IsWhole = false;
            return Convert(source, format, new TraceLogOptions { ContinueOnError = true });
        }
    }

    private string Convert(string source, RecordingFormat format, TraceLogOptions options)
    {
        var etlx = _folder!.File("recording.etlx");
        return format is RecordingFormat.Etl or RecordingFormat.ZippedEtl
            ? TraceLog.CreateFromEventTraceLogFile(source, etlx, options)
            : TraceLog.CreateFromEventPipeDataFile(source, etlx, options);
    }

    private string Unpacked(string file)
    {
        var archive = new ZippedETLReader(file) { EtlFileName = _folder!.File("recording.etl"), SymbolDirectory = _folder.File("symbols") };
        archive.UnpackArchive();
        return archive.EtlFileName;
    }
}
