using Memtrace.Profiles;

namespace Memtrace.Footprint;

/// <summary>
/// Reads the memory of the container that a process runs in from its Linux control groups, version 1 or 2. A reading allocates nothing.
/// Not thread-safe.
/// </summary>
internal sealed class ContainerMemoryReader : IDisposable
{
    private readonly ControlGroupMemory[] _groups;
    private ControlGroupMemory? _counted;

    private ContainerMemoryReader(IEnumerable<ControlGroup> groups) => _groups = [.. groups.Select(group => new ControlGroupMemory(group))];

    /// <summary>
    /// Opens the control groups that a process is in now: its own and their ancestors, as far as they are visible; inside a container they are not.
    /// If the process moves to another group later, the reader stays with these.
    /// </summary>
    /// <param name="processId">The process id, as this process sees it.</param>
    /// <returns>Null if the process is in the root group, if no group has a memory controller, or if this is not Linux.</returns>
    public static ContainerMemoryReader? Open(int processId) => OperatingSystem.IsLinux() ? Open(rootFolder: "", processId) : null;

    /// <summary>Opens the groups on a machine whose file system is rooted at a folder.</summary>
    internal static ContainerMemoryReader? Open(string rootFolder, int processId) =>
        ControlGroup.Find(rootFolder, processId) is { Count: > 0 } groups ? new ContainerMemoryReader(groups) : null;

    /// <summary>
    /// Reads the current figures of the group whose limit leaves least, because that is the one that will be hit; without any limit, of the innermost group.
    /// </summary>
    /// <param name="memory">The reading; undefined if this returns false.</param>
    /// <returns>False once the group is gone.</returns>
    public bool TryRead(out ContainerMemory memory)
    {
        var tightest = Tightest();
        var reading = tightest.Read();
        memory = reading.GetValueOrDefault();

        // Always of the same group, or the difference of two readings would mean nothing.
        _counted ??= tightest;
        if (_counted != tightest)
            memory = memory with { OomKills = _counted.ReadOomKills() };
        return reading is not null;
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_groups, group => group.Dispose());

    private ControlGroupMemory Tightest()
    {
        var tightest = _groups[0];
        long? least = null;
        foreach (var group in _groups)
        {
            if (group.ReadLeft() is { } left && left < (least ?? long.MaxValue))
                (tightest, least) = (group, left);
        }

        return tightest;
    }
}
