namespace Memtrace.Footprint;

/// <summary>How many processes of this machine the OOM killer has killed, in any control group.</summary>
internal static class OomKills
{
    /// <summary>
    /// Whether a process was killed between two readings: by the container's counts if it has any, otherwise by the machine's, which include other containers.
    /// </summary>
    /// <param name="container">The container's counts, before and now; null if it has none.</param>
    /// <param name="machine">The machine's counts, before and now; null if unknown.</param>
    public static bool Happened((long? Before, long? Now) container, (long? Before, long? Now) machine) =>
        container is { Before: { } before, Now: { } now } ? now > before : machine.Now > machine.Before;

    /// <summary>The count since the machine started (<c>oom_kill</c> of /proc/vmstat), or null if unknown.</summary>
    public static long? ReadMachine(string procFolder = "/proc")
    {
        using var statistics = new PseudoFile($"{procFolder}/vmstat");
        return statistics.TryRead(out var text) ? KernelText.Number(text, "oom_kill "u8) : null;
    }
}
