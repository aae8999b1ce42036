using System.Runtime.InteropServices;
using Memtrace.Nettrace;

namespace Memtrace.Recording;

/// <summary>
/// The file of a recording. It is terminated at any moment: each block is written together with the end mark in one positional write, and the next block
/// overwrites the mark. Killing the recorder at any time therefore leaves a file that every reader accepts. Not thread-safe.
/// </summary>
internal sealed class RecordingFile : IBlockSink
{
    private readonly FileStream _file;
    private readonly BlockFramer _framer;
    private readonly PayloadWriter _pending = new();
    private readonly PosixSignalRegistration? _fileTooLarge = CatchFileTooLarge();

    private RecordingFile(FileStream file, NettraceFraming framing) => (_file, _framer) = (file, new BlockFramer(framing));

    /// <inheritdoc/>
    public long Length { get; private set; }

    /// <summary>Creates the file, readable by its owner only: a recording reveals much about a program.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overwrite">Whether to replace an existing file. Whoever has that one open keeps its content.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public static FileStream Create(string path, bool overwrite)
    {
        if (overwrite && File.Exists(path))
            Remove(path);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    // Root could remove a device or a pipe too.
    private static void Remove(string path)
    {
        using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0))
        {
            if (!IsOnDisk(file))
                throw new IOException($"{path} is a device or a pipe; a recording needs a regular file.");
        }

        File.Delete(path);
    }

    // What is not on a disk has no size and cannot get one.
    private static bool IsOnDisk(FileStream file)
    {
        if (!file.CanSeek || file.Length > 0)
            return file.CanSeek;
        try
        {
            file.SetLength(1);
            return file.Length == 1;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Starts the recording with the header of the stream.</summary>
    /// <param name="file">A file from <see cref="Create"/>; closed with this object.</param>
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
            RandomAccess.Write(_file.SafeFileHandle, _pending.Written, Length);
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
