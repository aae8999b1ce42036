namespace Memtrace.Watching;

/// <summary>The names of a process's control groups.</summary>
internal static class ControlGroupText
{
    /// <summary>The control groups of a process, as the kernel lists them; empty if they cannot be read.</summary>
    /// <param name="processId">The process.</param>
    public static string Of(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/cgroup");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
