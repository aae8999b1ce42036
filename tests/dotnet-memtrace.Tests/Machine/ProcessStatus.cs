using System.Globalization;

namespace Memtrace.Tool.Tests.Machine;

/// <summary>What the kernel itself says of a process in /proc/PID/status.</summary>
internal static class ProcessStatus
{
    /// <summary>A figure, such as <c>VmRSS</c>, in bytes.</summary>
    public static long Bytes(int processId, string name)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith($"{name}:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>The number of threads of a process.</summary>
    public static int Threads(int processId) => Directory.GetDirectories($"/proc/{processId}/task").Length;

    /// <summary>Whether a thread of the process has that name, of which the kernel keeps 15 characters.</summary>
    public static bool HasThread(int processId, string name) => Directory.GetDirectories($"/proc/{processId}/task").Any(task => NameOf(task) == name);

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText($"{task}/comm").TrimEnd();
        }
        catch (IOException)
        {
            // The thread has ended meanwhile.
            return "";
        }
    }
}
