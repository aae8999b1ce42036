using Memtrace.Profiles;

namespace Memtrace.Footprint;

/// <summary>
/// Reads the memory of the container that a process runs in from its Linux control group, version 1 or 2. A reading allocates nothing.
/// Not thread-safe.
/// </summary>
public sealed class ContainerMemoryReader : IDisposable
{
    // Version 1 writes "no limit" as the largest whole number of pages: 2^63 - 1 rounded down to a page of up to 64 KiB.
    private const long SmallestUnlimited = 0x7FFF_FFFF_FFFF_0000;

    private readonly PseudoFile _usage;
    private readonly PseudoFile _events;
    private readonly PseudoFile _peak;
    private readonly PseudoFile _statistics;
    private readonly PseudoFile? _kernel;
    private readonly PseudoFile? _pressure;
    private readonly PseudoFile[] _limits;

    private ContainerMemoryReader(ControlGroup group)
    {
        _usage = new PseudoFile(group.UsageFile);
        _events = new PseudoFile(group.EventsFile);
        _peak = new PseudoFile(group.PeakFile);
        _statistics = new PseudoFile(group.StatisticsFile);
        _kernel = group.KernelFile is { } kernel ? new PseudoFile(kernel) : null;
        _pressure = group.PressureFile is { } pressure ? new PseudoFile(pressure) : null;
        _limits = [.. group.LimitFiles.Select(file => new PseudoFile(file))];
    }

    /// <summary>
    /// Opens the control group that a process is in now. If the process moves to another group later, the reader stays with this one.
    /// Limits of ancestors count where they are visible; inside a container they are not.
    /// </summary>
    /// <param name="processId">The process id, as this process sees it.</param>
    /// <returns>Null if the process is in the root group, if no group has a memory controller, or if this is not Linux.</returns>
    public static ContainerMemoryReader? Open(int processId) => OperatingSystem.IsLinux() ? Open(rootFolder: "", processId) : null;

    /// <summary>Opens the group on a machine whose file system is rooted at a folder.</summary>
    internal static ContainerMemoryReader? Open(string rootFolder, int processId) =>
        ControlGroup.Find(rootFolder, processId) is { } group ? new ContainerMemoryReader(group) : null;

    /// <summary>Reads the current figures.</summary>
    /// <param name="memory">The reading; undefined if this returns false.</param>
    /// <returns>False once the group is gone.</returns>
    public bool TryRead(out ContainerMemory memory)
    {
        memory = default;
        if (!_usage.TryRead(out var text) || KernelText.Number(text) is not { } usage)
            return false;

        memory = WithParts(new ContainerMemory(usage, ReadLimit(), ReadOomKills())
        {
            Peak = _peak.TryRead(out var peak) ? KernelText.Number(peak) : null,
            PressureSome10 = _pressure is not null && _pressure.TryRead(out var pressure) ? KernelText.Fraction(pressure, "some avg10="u8) : null,
        });
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _usage.Dispose();
        _events.Dispose();
        _peak.Dispose();
        _statistics.Dispose();
        _kernel?.Dispose();
        _pressure?.Dispose();
        foreach (var limit in _limits)
            limit.Dispose();
    }

    /// <summary>Adds the parts of the usage.</summary>
    private ContainerMemory WithParts(in ContainerMemory memory)
    {
        if (!_statistics.TryRead(out var text))
            return memory;
        if (_kernel is null)
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
        return memory with
        {
            Anonymous = KernelText.Number(text, "total_rss "u8),
            File = KernelText.Number(text, "total_cache "u8),
            Shared = KernelText.Number(text, "total_shmem "u8),
            Kernel = _kernel.TryRead(out var kernel) ? KernelText.Number(kernel) : null,
        };
    }

    // Before Linux 5.18 there is no total, only the largest parts.
    private static long? Kernel(ReadOnlySpan<byte> statistics) =>
        KernelText.Number(statistics, "kernel "u8)
        ?? (KernelText.Number(statistics, "slab "u8)
            + (KernelText.Number(statistics, "kernel_stack "u8) ?? 0)
            + (KernelText.Number(statistics, "pagetables "u8) ?? 0)
            + (KernelText.Number(statistics, "percpu "u8) ?? 0));

    // Read every time: an orchestrator may change a limit while the container runs.
    private long? ReadLimit()
    {
        var smallest = SmallestUnlimited;
        foreach (var file in _limits)
        {
            // Version 2 writes "max" for no limit, which is not a number.
            if (file.TryRead(out var text) && KernelText.Number(text) is { } limit)
                smallest = Math.Min(smallest, limit);
        }

        return smallest < SmallestUnlimited ? smallest : null;
    }

    private long? ReadOomKills() => _events.TryRead(out var text) ? KernelText.Number(text, "oom_kill "u8) : null;
}
