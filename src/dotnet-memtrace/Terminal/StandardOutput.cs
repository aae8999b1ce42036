using Microsoft.Win32.SafeHandles;

namespace Memtrace.Tool.Terminal;

/// <summary>The standard output of a command that writes continuously.</summary>
internal static class StandardOutput
{
    /// <summary>The file name that stands for standard output.</summary>
    public const string Name = "-";

    private const int Descriptor = 1;
    private const int BrokenPipe = 32;

    /// <summary>The same on Windows: ERROR_BROKEN_PIPE and ERROR_NO_DATA.</summary>
    private const int WindowsBrokenPipe = unchecked((int)0x8007006D), WindowsNoData = unchecked((int)0x800700E8);

    /// <summary>Whether an error means that the reader has closed the pipe.</summary>
    /// <param name="error">The error of a write.</param>
    public static bool IsClosed(IOException error) => error.HResult is BrokenPipe or WindowsBrokenPipe or WindowsNoData;

    /// <summary>Opens standard output. Writing to a closed pipe throws; the console's own stream would ignore it and continue forever.</summary>
    public static Stream Open()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
            return Console.OpenStandardOutput();
        var output = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);

        // For a file, this stream would keep its own position and overwrite what others write.
        return output.CanSeek ? Console.OpenStandardOutput() : output;
    }
}
