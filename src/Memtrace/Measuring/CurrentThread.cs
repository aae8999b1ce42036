using System.Runtime.InteropServices;

namespace Memtrace.Measuring;

/// <summary>The calling thread, as the operating system and the runtime's events number it; .NET has no API for that.</summary>
internal static partial class CurrentThread
{
    /// <summary>Its id; null if the system does not say.</summary>
    public static int? Id
    {
        get
        {
            try
            {
                return OperatingSystem.IsWindows() ? WindowsId() : OperatingSystem.IsMacOS() ? MacId() : LinuxId();
            }
            catch (EntryPointNotFoundException)
            {
                // A C library of 2018 or earlier.
                return null;
            }
        }
    }

    private static int? MacId() => MacId(0, out var id) == 0 ? unchecked((int)id) : null;

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int LinuxId();

    [LibraryImport("libc", EntryPoint = "pthread_threadid_np")]
    private static partial int MacId(nint current, out ulong id);

    [LibraryImport("kernel32", EntryPoint = "GetCurrentThreadId")]
    private static partial int WindowsId();
}
