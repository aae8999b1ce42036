using Microsoft.Win32.SafeHandles;

namespace Memtrace.Tool.Terminal;

/// <summary>The standard output of a command that writes on and on.</summary>
internal static class StandardOutput
{
    /// <summary>What it is called in place of a file.</summary>
    public const string Name = "-";

    private const int Descriptor = 1;
    private const int BrokenPipe = 32;

    /// <summary>The same on Windows: ERROR_BROKEN_PIPE and ERROR_NO_DATA.</summary>
    private const int WindowsBrokenPipe = unchecked((int)0x8007006D), WindowsNoData = unchecked((int)0x800700E8);

    /// <summary>Whether it is a pipe that nobody reads any more.</summary>
    /// <param name="error">What writing came to.</param>
    public static bool IsClosed(IOException error) => error.HResult is BrokenPipe or WindowsBrokenPipe or WindowsNoData;

    /// <summary>Opens it. Where it is a pipe that nobody reads any more, writing is an error: the console's own stream would swallow that, and go on for ever.</summary>
    public static Stream Open()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
            return Console.OpenStandardOutput();
        var output = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);

        // In a file this stream would keep a place of its own, apart from that of others who write there.
        return output.CanSeek ? Console.OpenStandardOutput() : output;
    }
}
