using System.Globalization;

namespace Memtrace.Processes;

/// <summary>Time namespaces (time_namespaces(7)): a process can see other monotonic and boot times than this one.</summary>
internal static class TimeNamespace
{
    /// <summary>By how much the monotonic clock of a process is ahead of this process's.</summary>
    /// <returns>Null if this user is not allowed to see it.</returns>
    public static TimeSpan? MonotonicOffset(int processId) => Offset(FormattableString.Invariant($"/proc/{processId}/timens_offsets")) - Offset("/proc/self/timens_offsets");

    /// <summary>Whether a process is known to be in another time namespace than this one.</summary>
    public static bool IsOther(LinuxProcess process) =>
        process.Namespace("time") is { } its && LinuxProcess.Self()?.Namespace("time") is { } ours && its != ours;

    /// <summary>Parses a file of lines <c>monotonic SECONDS NANOSECONDS</c> and <c>boottime SECONDS NANOSECONDS</c>.</summary>
    internal static TimeSpan? Parse(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["monotonic", var seconds, var nanoseconds]
                && long.TryParse(seconds, CultureInfo.InvariantCulture, out var whole) && long.TryParse(nanoseconds, CultureInfo.InvariantCulture, out var part))
                return TimeSpan.FromSeconds(whole) + TimeSpan.FromTicks(part / TimeSpan.NanosecondsPerTick);
        }

        return null;
    }

    private static TimeSpan? Offset(string file)
    {
        try
        {
            return Parse(File.ReadAllText(file));
        }
        catch (Exception exception) when (LinuxProcess.IsExpected(exception))
        {
            // A kernel without time namespaces has no such file for any process.
            return File.Exists("/proc/self/timens_offsets") ? null : TimeSpan.Zero;
        }
    }
}
