namespace Memtrace.Footprint;

/// <summary>One of the two versions of control groups: its file names, and how to recognize its mounts and its root group.</summary>
internal sealed class ControlGroupHierarchy
{
    /// <summary>The parts of the usage, in both versions.</summary>
    public const string StatisticsFile = "memory.stat";

    /// <summary>Pressure stall information. Only version 2 has it, whichever version the memory controller is in.</summary>
    public const string PressureFile = "memory.pressure";

    public static readonly ControlGroupHierarchy Version1 = new()
    {
        FileSystem = "cgroup",
        UsageFile = "memory.usage_in_bytes",
        LimitFile = "memory.limit_in_bytes",
        EventsFile = "memory.oom_control",
        PeakFile = "memory.max_usage_in_bytes",
        KernelFiles = ["memory.kmem.usage_in_bytes", "memory.kmem.tcp.usage_in_bytes"],
    };

    public static readonly ControlGroupHierarchy Version2 = new()
    {
        FileSystem = "cgroup2",
        UsageFile = "memory.current",
        LimitFile = "memory.max",
        EventsFile = "memory.events",
        PeakFile = "memory.peak",
    };

    // In version 1, only the root group has this file.
    private const string RootFileOfVersion1 = "release_agent";

    private ControlGroupHierarchy()
    {
    }

    public required string UsageFile { get; init; }

    public required string LimitFile { get; init; }

    public required string EventsFile { get; init; }

    public required string PeakFile { get; init; }

    /// <summary>Kernel memory charged to the group; empty if the statistics include it.</summary>
    public IReadOnlyList<string> KernelFiles { get; private init; } = [];

    private string FileSystem { get; init; } = "";

    public bool IsMountedAt(MountPoint mount) =>
        mount.FileSystem == FileSystem && (this == Version2 || mount.Options.Contains("memory"));

    /// <summary>
    /// Whether the group in a folder has the memory controller and is not the machine's root group. The path does not show that: in a
    /// cgroup namespace a container's group is "/" too. Version 2 has no usage file in the root group, nor where the controller is off.
    /// </summary>
    public bool AccountsForMemory(string folder) =>
        File.Exists(Path.Join(folder, UsageFile)) && !File.Exists(Path.Join(folder, RootFileOfVersion1));
}
