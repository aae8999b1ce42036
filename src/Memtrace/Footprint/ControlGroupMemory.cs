using Memtrace.Profiles;

namespace Memtrace.Footprint;

/// <summary>Reads the memory of one control group, through files that stay open. A reading allocates nothing. Not thread-safe.</summary>
internal sealed class ControlGroupMemory : IDisposable
{
    // Version 1 writes "no limit" as the largest whole number of pages: 2^63 - 1 rounded down to a page of up to 64 KiB.
    private const long SmallestUnlimited = 0x7FFF_FFFF_FFFF_0000;

    private readonly PseudoFile _usage;
    private readonly PseudoFile _limit;
    private readonly PseudoFile _events;
    private readonly PseudoFile _peak;
    private readonly PseudoFile _statistics;
    private readonly PseudoFile[] _kernel;
    private readonly PseudoFile? _pressure;

    /// <summary>Opens the files of a group.</summary>
    public ControlGroupMemory(ControlGroup group)
    {
        _usage = new PseudoFile(group.UsageFile);
        _limit = new PseudoFile(group.LimitFile);
        _events = new PseudoFile(group.EventsFile);
        _peak = new PseudoFile(group.PeakFile);
        _statistics = new PseudoFile(group.StatisticsFile);
        _kernel = [.. group.KernelFiles.Select(file => new PseudoFile(file))];
        _pressure = group.PressureFile is { } pressure ? new PseudoFile(pressure) : null;
    }

    /// <summary>
    /// What the limit leaves, in bytes: page cache counts as free, because the kernel reclaims it first. Null if there is no limit.
    /// </summary>
    public long? ReadLeft()
    {
        if (ReadLimit() is not { } limit || ReadUsage() is not { } usage)
            return null;
        var parts = WithParts(new ContainerMemory(usage, limit, null));
        return limit - usage + Math.Clamp((parts.File ?? 0) - (parts.Shared ?? 0), 0, usage);
    }

    /// <summary>Reads the current figures.</summary>
    /// <returns>Null once the group is gone.</returns>
    public ContainerMemory? Read() => ReadUsage() is not { } usage ? null : WithParts(new ContainerMemory(usage, ReadLimit(), ReadOomKills())
    {
        Peak = _peak.TryRead(out var peak) ? KernelText.Number(peak) : null,
        PressureSome10 = _pressure is not null && _pressure.TryRead(out var pressure) ? KernelText.Fraction(pressure, "some avg10="u8) : null,
    });

    /// <summary>How many of the group's processes the OOM killer has killed; null if unknown.</summary>
    public long? ReadOomKills() => _events.TryRead(out var text) ? KernelText.Number(text, "oom_kill "u8) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _usage.Dispose();
        _limit.Dispose();
        _events.Dispose();
        _peak.Dispose();
        _statistics.Dispose();
        Array.ForEach(_kernel, file => file.Dispose());
        _pressure?.Dispose();
    }

    private long? ReadUsage() => _usage.TryRead(out var text) ? KernelText.Number(text) : null;

    // Version 2 writes "max" for no limit, which is not a number. Read every time: an orchestrator may change a limit while the container runs.
    private long? ReadLimit() => _limit.TryRead(out var text) && KernelText.Number(text) is < SmallestUnlimited and var limit ? limit : null;

    /// <summary>Adds the parts of the usage.</summary>
    private ContainerMemory WithParts(in ContainerMemory memory)
    {
        if (!_statistics.TryRead(out var text))
            return memory;
        if (_kernel.Length == 0)
        {
            return memory with
            {
                Anonymous = KernelText.Number(text, "anon "u8),
                File = KernelText.Number(text, "file "u8),
                Shared = KernelText.Number(text, "shmem "u8),
                Kernel = Kernel(text),
            };
        }

        // Fields without "total_" leave out child groups, which the usage includes.
        var (anonymous, file, shared) = (KernelText.Number(text, "total_rss "u8), KernelText.Number(text, "total_cache "u8), KernelText.Number(text, "total_shmem "u8));
        return memory with { Anonymous = anonymous, File = file, Shared = shared, Kernel = ReadKernel() };
    }

    private long? ReadKernel()
    {
        long? sum = null;
        foreach (var file in _kernel)
        {
            if (file.TryRead(out var text) && KernelText.Number(text) is { } bytes)
                sum = (sum ?? 0) + bytes;
        }

        return sum;
    }

    // Socket buffers are not in the total. Before Linux 5.18 there is no total, only the largest parts.
    private static long? Kernel(ReadOnlySpan<byte> statistics) =>
        (KernelText.Number(statistics, "kernel "u8)
            ?? (KernelText.Number(statistics, "slab "u8)
                + (KernelText.Number(statistics, "kernel_stack "u8) ?? 0)
                + (KernelText.Number(statistics, "pagetables "u8) ?? 0)
                + (KernelText.Number(statistics, "percpu "u8) ?? 0)))
        + (KernelText.Number(statistics, "sock "u8) ?? 0);
}
