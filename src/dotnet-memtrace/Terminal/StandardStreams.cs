using Microsoft.Win32.SafeHandles;

namespace Memtrace.Tool.Terminal;

/// <summary>The descriptors of standard input, output and error.</summary>
internal static class StandardStreams
{
    private const int Last = 2;

    // Never closed: the descriptors stay taken until the process ends.
    private static readonly List<SafeFileHandle> Reserved = [];

    /// <summary>
    /// Reserves those that are closed. Otherwise the next file that is opened, such as a recording, gets the number of standard output, and text is written into it.
    /// Reads then end at once and writes fail. To be called before anything else opens a file.
    /// </summary>
    public static void Reserve()
    {
        while (!OperatingSystem.IsWindows() && TryOpen() is { } handle)
        {
            if (handle.DangerousGetHandle() > Last)
            {
                handle.Dispose();
                return;
            }

            Reserved.Add(handle);
        }
    }

    private static SafeFileHandle? TryOpen()
    {
        try
        {
            return File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A bare container may have no devices.
            return null;
        }
    }
}
