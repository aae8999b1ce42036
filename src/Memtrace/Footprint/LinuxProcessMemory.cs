using Memtrace.Profiles;

namespace Memtrace.Footprint;

/// <summary>
/// Reads /proc/PID/status and /proc/PID/stat through handles that stay open. Such a handle belongs to the process, not to its id: once
/// the process is gone a read fails with ESRCH, even if the id is used again. For the fields see proc_pid_status(5) and proc_pid_stat(5).
/// </summary>
internal sealed class LinuxProcessMemory(string procFolder, int processId) : IProcessMemorySource
{
    // USER_HZ, the clock tick visible to user space, is 100 per second on every architecture that .NET supports
    // (include/asm-generic/param.h); sysconf(_SC_CLK_TCK) returns the same constant.
    private const long MillisecondsPerTick = 10;

    // Columns of stat, counted from the one after the command's name: the state, field 3 in the manual page, is column 0.
    private const int MajorFaultsColumn = 9;
    private const int UserTimeColumn = 11;
    private const int SystemTimeColumn = 12;
    private const int StackStartColumn = 25;

    private readonly PseudoFile _status = new($"{procFolder}/{processId}/status");
    private readonly PseudoFile _stat = new($"{procFolder}/{processId}/stat");
    private long _stackStart;

    public bool TryRead(out ProcessMemory memory)
    {
        memory = default;
        if (!_status.TryRead(out var status))
            return false;

        // A zombie has no memory and no such line.
        if (KernelText.Bytes(status, "VmRSS:"u8) is not { } rss)
            return false;

        var times = _stat.TryRead(out var stat) ? AfterName(stat) : default;
        if (HasAnotherProgram(KernelText.Column(times, StackStartColumn)))
            return false;
        memory = new ProcessMemory(rss, KernelText.Bytes(status, "VmHWM:"u8))
        {
            RssAnonymous = KernelText.Bytes(status, "RssAnon:"u8),
            RssFile = KernelText.Bytes(status, "RssFile:"u8),
            RssShared = KernelText.Bytes(status, "RssShmem:"u8),
            Swap = KernelText.Bytes(status, "VmSwap:"u8),
            HugePages = KernelText.Bytes(status, "HugetlbPages:"u8),
            MajorFaults = KernelText.Column(times, MajorFaultsColumn),
            CpuTimeMs = (KernelText.Column(times, UserTimeColumn) + KernelText.Column(times, SystemTimeColumn)) * MillisecondsPerTick,
            Threads = (int?)KernelText.Number(status, "Threads:"u8),
        };
        return true;
    }

    public void Dispose()
    {
        _status.Dispose();
        _stat.Dispose();
    }

    // A process that executes another program keeps its id and these files, but its stack moves. Without the right to see it, it is 0.
    private bool HasAnotherProgram(long? stackStart)
    {
        if (_stackStart == 0)
            _stackStart = stackStart ?? 0;
        return stackStart is > 0 && stackStart != _stackStart;
    }

    // The name is in parentheses and may itself contain blanks and parentheses; only the last one ends it.
    private static ReadOnlySpan<byte> AfterName(ReadOnlySpan<byte> stat)
    {
        var end = stat.LastIndexOf(") "u8);
        return end < 0 ? default : stat[(end + 2)..];
    }
}
