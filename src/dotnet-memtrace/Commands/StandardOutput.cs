using Microsoft.Win32.SafeHandles;

namespace Memtrace.Tool.Commands;

/// <summary>The standard output of a command that writes on and on.</summary>
internal static class StandardOutput
{
    /// <summary>What it is called in place of a file.</summary>
    public const string Name = "-";

    private const int Descriptor = 1;

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
