namespace Memtrace.Footprint;

/// <summary>Reads how much memory a process has on graphics processors: memory that is in no resident set.</summary>
internal static class GpuMemoryReader
{
    /// <summary>Reads the amount.</summary>
    /// <param name="processId">The process id, as this process sees it.</param>
    /// <returns>Bytes; null if the process uses no graphics processor, or its drivers do not report it.</returns>
    public static long? Read(int processId)
    {
        var drivers = OperatingSystem.IsLinux() ? DrmClients.Read(FormattableString.Invariant($"/proc/{processId}/fdinfo")) : null;
        var nvidia = NvidiaManagement.Instance?.MemoryOf(processId);
        return drivers is null && nvidia is null ? null : (drivers ?? 0) + (nvidia ?? 0);
    }
}
