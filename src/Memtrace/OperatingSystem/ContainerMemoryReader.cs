namespace Memtrace.OperatingSystem;

/// <summary>
/// Reads the memory of the container that a process runs in, as often as wanted and without garbage: of its Linux control group,
/// version 1 or 2. Not thread-safe.
/// </summary>
public sealed class ContainerMemoryReader : IDisposable
{
    // Version 1 has no word for "no limit" but the largest whole number of pages: 2^63 - 1 rounded down to a page of up to 64 KiB.
    private const long SmallestUnlimited = 0x7FFF_FFFF_FFFF_0000;

    private readonly PseudoFile _usage;
    private readonly PseudoFile _events;
    private readonly PseudoFile[] _limits;

    private ContainerMemoryReader(ControlGroup group)
    {
        _usage = new PseudoFile(group.UsageFile);
        _events = new PseudoFile(group.EventsFile);
        _limits = [.. group.LimitFiles.Select(file => new PseudoFile(file))];
    }

    /// <summary>
    /// Opens the control group that a process is in now; a later move of the process is not followed.
    /// Limits above the group count as far as they are visible: from inside a container, what is above it is not.
    /// </summary>
    /// <param name="processId">The process id, as this process sees it.</param>
    /// <returns>Null if the process is in no group but the root, if no group has a memory controller, or outside Linux.</returns>
    public static ContainerMemoryReader? Open(int processId) => System.OperatingSystem.IsLinux() ? Open(rootFolder: "", processId) : null;

    /// <summary>Opens the group on a machine whose /proc and mounts are below a folder.</summary>
    internal static ContainerMemoryReader? Open(string rootFolder, int processId) =>
        ControlGroup.Find(rootFolder, processId) is { } group ? new ContainerMemoryReader(group) : null;

    /// <summary>Reads the memory as it is now.</summary>
    /// <param name="memory">The reading, or nothing useful when there is none.</param>
    /// <returns>False once the group is gone.</returns>
    public bool TryRead(out ContainerMemory memory)
    {
        memory = default;
        if (!_usage.TryRead(out var text) || KernelText.Number(text) is var usage && usage == KernelText.Unknown)
            return false;

        memory = new ContainerMemory(usage, ReadLimit(), ReadOomKills());
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _usage.Dispose();
        _events.Dispose();
        foreach (var limit in _limits)
            limit.Dispose();
    }

    // Read each time, because an orchestrator may change a limit while the container runs.
    private long? ReadLimit()
    {
        var smallest = SmallestUnlimited;
        foreach (var file in _limits)
        {
            // Version 2 writes "max" for no limit: not a number, so unknown.
            if (file.TryRead(out var text) && KernelText.Number(text) is var limit && limit != KernelText.Unknown)
                smallest = Math.Min(smallest, limit);
        }

        return smallest < SmallestUnlimited ? smallest : null;
    }

    private long ReadOomKills() => _events.TryRead(out var text) ? KernelText.Number(text, "oom_kill "u8) : KernelText.Unknown;
}
