using Microsoft.Win32.SafeHandles;

namespace Memtrace.Footprint;

/// <summary>
/// A file that the kernel writes anew at each reading (under /proc or /sys/fs/cgroup). It is opened once and read again from its
/// beginning, into one buffer: no path is looked up and nothing allocated while the text fits. Not thread-safe.
/// </summary>
internal sealed class PseudoFile : IDisposable
{
    // Far more than such files hold; it only bounds what a broken one can cost.
    private const int MaximumLength = 1 << 20;

    private readonly SafeFileHandle? _handle;
    private byte[] _buffer = new byte[4096];

    /// <summary>Opens a file. One that is missing or forbidden is no error: it has nothing to read.</summary>
    public PseudoFile(string path)
    {
        try
        {
            _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            _handle = null;
        }
    }

    /// <summary>
    /// Reads the whole text as it is now.
    /// False if there is none: the file was never there, or what it told of (a process, a control group) is gone.
    /// </summary>
    /// <param name="text">The text, valid until the next reading.</param>
    public bool TryRead(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (_handle is null)
            return false;

        try
        {
            text = Read(_handle);
            return !text.IsEmpty;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return false;
        }
    }

    public void Dispose() => _handle?.Dispose();

    private ReadOnlySpan<byte> Read(SafeFileHandle handle)
    {
        var length = RandomAccess.Read(handle, _buffer, fileOffset: 0);
        while (length == _buffer.Length && length < MaximumLength)
        {
            _buffer = new byte[2 * length];
            length = RandomAccess.Read(handle, _buffer, fileOffset: 0);
        }

        return _buffer.AsSpan(0, length);
    }

    private static bool IsUnreadable(Exception exception) => exception is IOException or UnauthorizedAccessException;
}
