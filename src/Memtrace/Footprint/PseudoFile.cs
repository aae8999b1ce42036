using Microsoft.Win32.SafeHandles;

namespace Memtrace.Footprint;

/// <summary>
/// A file that the kernel generates on each read (under /proc or /sys/fs/cgroup). It is opened once and reread from the beginning into
/// one buffer: no path lookup, and no allocation while the text fits. Not thread-safe.
/// </summary>
internal sealed class PseudoFile : IDisposable
{
    // Far larger than any such file; it only bounds the cost of a broken one.
    private const int MaximumLength = 1 << 20;

    private readonly SafeFileHandle? _handle;
    private byte[] _buffer = new byte[4096];

    /// <summary>Opens a file. If it is missing or access is denied, <see cref="TryRead"/> returns false.</summary>
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
    /// Reads the current text. False if there is none: the file did not exist, or its process or control group is gone.
    /// </summary>
    /// <param name="text">The text, valid until the next read.</param>
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
