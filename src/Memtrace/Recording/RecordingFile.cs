using System.Runtime.InteropServices;
using Memtrace.Nettrace;
using Memtrace.Processes;

namespace Memtrace.Recording;

/// <summary>
/// The file of a recording. It is terminated at any moment: a block and the next end mark are written behind the current end mark, which the first bytes of
/// the block replace only then. Killing the recorder at any time, even within a write, therefore leaves a file that every reader accepts. Not thread-safe.
/// </summary>
internal sealed class RecordingFile : IBlockSink
{
    private readonly FileStream _file;
    private readonly BlockFramer _framer;
    private readonly PayloadWriter _pending = new();
    private readonly int _endMarkSize;
    private readonly PosixSignalRegistration? _fileTooLarge = CatchFileTooLarge();

    private RecordingFile(FileStream file, NettraceFraming framing)
    {
        (_file, _framer) = (file, new BlockFramer(framing));
        _framer.WriteEndMark(_pending);
        _endMarkSize = _pending.Written.Length;
        _pending.Clear();
    }

    /// <inheritdoc/>
    public long Length { get; private set; }

    /// <summary>Creates the file, readable by its owner only: a recording reveals much about a program.</summary>
    /// <param name="path">The file, which must not exist.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public static FileStream Create(string path)
    {
        var options = PrivateFile.Options(FileMode.CreateNew);
        (options.Share, options.BufferSize) = (FileShare.Read | FileShare.Delete, 0);
        return new FileStream(path, options);
    }

    /// <summary>Creates the file in place of an existing one. A process that has the existing one open keeps its content.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public static FileStream Replace(string path)
    {
        RemoveExisting(path);
        return Create(path);
    }

    // A link is removed itself, never followed. Root could remove a device or a pipe, too.
    private static void RemoveExisting(string path)
    {
        if (FileKinds.Of(path) is not (FileKind.Missing or FileKind.Regular or FileKind.Link))
            throw new IOException($"{path} is a device or a pipe; a recording needs a regular file.");
        File.Delete(path);
    }

    /// <summary>Starts the recording with the header of the stream.</summary>
    /// <param name="file">A file from <see cref="Create"/> or <see cref="Replace"/>; closed with this object.</param>
    /// <param name="beginning">The start of the stream.</param>
    public static RecordingFile Begin(FileStream file, StreamBeginning beginning)
    {
        var recording = new RecordingFile(file, beginning.Framing);
        recording._pending.Bytes(beginning.Header);
        recording.Write(BlockKind.Trace, beginning.Trace);
        return recording;
    }

    /// <summary>Writes one block.</summary>
    /// <exception cref="IOException">The disk is full or a file size limit is reached; the file then ends after the last complete block.</exception>
    public void Write(BlockKind kind, ReadOnlySpan<byte> payload)
    {
        _framer.Write(_pending, Length, kind, payload);
        var size = _pending.Written.Length;
        _framer.WriteEndMark(_pending);
        try
        {
            WritePending();
            Length += size;
        }
        catch (IOException)
        {
            TruncateToLastBlock();
            throw;
        }
        catch (ArgumentOutOfRangeException exception)
        {
            // This is how .NET reports EFBIG.
            TruncateToLastBlock();
            throw new IOException("File too large", exception);
        }
        finally
        {
            _pending.Clear();
        }
    }

    // The kernel cuts a write short when the process is killed, so what makes the block part of the stream comes last.
    private void WritePending()
    {
        RandomAccess.Write(_file.SafeFileHandle, _pending.Written[_endMarkSize..], Length + _endMarkSize);
        RandomAccess.Write(_file.SafeFileHandle, _pending.Written[.._endMarkSize], Length);
    }

    /// <inheritdoc/>
    public void Sync() => RandomAccess.FlushToDisk(_file.SafeFileHandle);

    public void Dispose()
    {
        _file.Dispose();
        _fileTooLarge?.Dispose();
    }

    // At the file size limit (ulimit -f) the kernel kills the writer unless it handles the signal; then the write fails.
    private static PosixSignalRegistration? CatchFileTooLarge()
    {
        const int SigXfsz = 25;
        return OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create((PosixSignal)SigXfsz, context => context.Cancel = true);
    }

    // The end mark after the last complete block was written before, so this needs no disk space.
    private void TruncateToLastBlock()
    {
        if (Length == 0)
            return;
        _pending.Clear();
        _framer.WriteEndMark(_pending);
        RandomAccess.SetLength(_file.SafeFileHandle, Length + _pending.Written.Length);
        RandomAccess.Write(_file.SafeFileHandle, _pending.Written, Length);
    }
}
