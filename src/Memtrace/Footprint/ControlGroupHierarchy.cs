namespace Memtrace.Footprint;

/// <summary>One of the two versions of control groups: how its files are named, and how its mounts and its root are told.</summary>
internal sealed class ControlGroupHierarchy
{
    /// <summary>What the usage is made of, in both versions.</summary>
    public const string StatisticsFile = "memory.stat";

    /// <summary>How long tasks of a group wait for memory. Only version 2 has it, whichever version the memory controller is in.</summary>
    public const string PressureFile = "memory.pressure";

    public static readonly ControlGroupHierarchy Version1 = new()
    {
        FileSystem = "cgroup",
        UsageFile = "memory.usage_in_bytes",
        LimitFile = "memory.limit_in_bytes",
        EventsFile = "memory.oom_control",
        PeakFile = "memory.max_usage_in_bytes",
        KernelFile = "memory.kmem.usage_in_bytes",
    };

    public static readonly ControlGroupHierarchy Version2 = new()
    {
        FileSystem = "cgroup2",
        UsageFile = "memory.current",
        LimitFile = "memory.max",
        EventsFile = "memory.events",
        PeakFile = "memory.peak",
    };

    // Version 1 has this file in the root group and nowhere else.
    private const string RootFileOfVersion1 = "release_agent";

    private ControlGroupHierarchy()
    {
    }

    public required string UsageFile { get; init; }

    public required string LimitFile { get; init; }

    public required string EventsFile { get; init; }

    public required string PeakFile { get; init; }

    /// <summary>What the kernel uses for the group; null where the statistics say that.</summary>
    public string? KernelFile { get; private init; }

    private string FileSystem { get; init; } = "";

    public bool IsMountedAt(MountPoint mount) =>
        mount.FileSystem == FileSystem && (this == Version2 || mount.Options.Contains("memory"));

    /// <summary>
    /// Whether the group in a folder has the memory controller and is not the root of the machine. The path cannot tell that: in a
    /// namespace of its own a container's group is "/" too. But version 2 has no usage file in the root, nor where the controller is off.
    /// </summary>
    public bool AccountsForMemory(string folder) =>
        File.Exists(Path.Join(folder, UsageFile)) && !File.Exists(Path.Join(folder, RootFileOfVersion1));
}
