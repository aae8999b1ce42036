using System.Runtime.InteropServices;
using Memtrace.Nettrace;

namespace Memtrace.Recording;

/// <summary>
/// The file that is being recorded. It is terminated at every moment: each block is written along with the stream's end mark in one positional
/// write, and the next block overwrites the mark. So a kill of the recorder at any time leaves a file that every reader accepts. Not thread-safe.
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

    /// <summary>Creates the file, readable by its owner only: a recording tells much about a program.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overwrite">Whether a file that is there already is replaced. Who still has it open keeps what it was.</param>
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
                throw new IOException($"{path} is a device or a pipe; a recording needs a file.");
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

    /// <summary>Begins the recording with the stream's header.</summary>
    /// <param name="file">A file from <see cref="Create"/>; it is closed with this object.</param>
    /// <param name="beginning">What the stream begins with.</param>
    public static RecordingFile Begin(FileStream file, StreamBeginning beginning)
    {
        var recording = new RecordingFile(file, beginning.Framing);
        recording._pending.Bytes(beginning.Header);
        recording.Write(BlockKind.Trace, beginning.Trace);
        return recording;
    }

    /// <summary>Writes one block.</summary>
    /// <exception cref="IOException">The disk is full or the file's size limit is reached; the file then ends behind the last whole block.</exception>
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
            EndBehindLastBlock();
            throw;
        }
        catch (ArgumentOutOfRangeException exception)
        {
            // What .NET makes of EFBIG.
            EndBehindLastBlock();
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

    // At a limit of the system for the size of files the kernel kills the writer, unless it catches the signal; then the write fails.
    private static PosixSignalRegistration? CatchFileTooLarge()
    {
        const int SigXfsz = 25;
        return OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create((PosixSignal)SigXfsz, context => context.Cancel = true);
    }

    // The end mark behind the last whole block was written before, so its place on the disk is ours already: this needs no space.
    private void EndBehindLastBlock()
    {
        if (Length == 0)
            return;
        _pending.Clear();
        _framer.WriteEndMark(_pending);
        RandomAccess.SetLength(_file.SafeFileHandle, Length + _pending.Written.Length);
        RandomAccess.Write(_file.SafeFileHandle, _pending.Written, Length);
    }
}
