namespace Memtrace.Footprint;

/// <summary>How many processes of this machine the OOM killer has killed, in any control group.</summary>
internal static class OomKills
{
    /// <summary>The count since the machine started (<c>oom_kill</c> of /proc/vmstat), or null if unknown.</summary>
    public static long? ReadMachine(string procFolder = "/proc")
    {
        using var statistics = new PseudoFile($"{procFolder}/vmstat");
        return statistics.TryRead(out var text) ? KernelText.Number(text, "oom_kill "u8) : null;
    }
}
