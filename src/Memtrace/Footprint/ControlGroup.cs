namespace Memtrace.Footprint;

/// <summary>
/// A Linux control group that accounts for memory, and its files.
/// Sources: cgroups(7), cgroup_namespaces(7); Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst of the kernel.
/// </summary>
/// <param name="Folder">The folder with its files.</param>
/// <param name="Hierarchy">How the files are named.</param>
/// <param name="PressureFile">Pressure stall information of the group; null if it has none.</param>
internal sealed record ControlGroup(string Folder, ControlGroupHierarchy Hierarchy, string? PressureFile)
{
    /// <summary>The bytes charged to the group.</summary>
    public string UsageFile => Path.Join(Folder, Hierarchy.UsageFile);

    /// <summary>The limit.</summary>
    public string LimitFile => Path.Join(Folder, Hierarchy.LimitFile);

    /// <summary>Contains the line <c>oom_kill N</c>.</summary>
    public string EventsFile => Path.Join(Folder, Hierarchy.EventsFile);

    /// <summary>The highest usage.</summary>
    public string PeakFile => Path.Join(Folder, Hierarchy.PeakFile);

    /// <summary>The parts of the usage, one per line.</summary>
    public string StatisticsFile => Path.Join(Folder, ControlGroupHierarchy.StatisticsFile);

    /// <summary>Kernel memory charged to the group; empty if the statistics include it.</summary>
    public IEnumerable<string> KernelFiles => Hierarchy.KernelFiles.Select(file => Path.Join(Folder, file));

    /// <summary>Finds the group of a process and its ancestors, the innermost first. Empty if it is in the root group, or no group has a memory controller.</summary>
    /// <param name="rootFolder">Prefix of every absolute path; empty except in tests.</param>
    /// <param name="processId">The process id.</param>
    public static IReadOnlyList<ControlGroup> Find(string rootFolder, int processId)
    {
        var proc = rootFolder + "/proc";
        var (charged, unified) = FindMembership($"{proc}/{processId}/cgroup");
        if ((charged ?? unified) is not { } group)
            return [];

        // On a hybrid host the memory controller may be in version 1, and the line "0::" is there anyway: so version 1 goes first.
        var hierarchy = charged is null ? ControlGroupHierarchy.Version2 : ControlGroupHierarchy.Version1;
        // A process in another mount namespace may be in a group that is visible only through its own mounts.
        return FindBelow(rootFolder, $"{proc}/self/mountinfo", hierarchy, group, unified) is { Count: > 0 } groups
            ? groups
            : FindBelow($"{proc}/{processId}/root", $"{proc}/{processId}/mountinfo", hierarchy, group, unified);
    }

    /// <summary>The group that version 1 charges memory to, and the version 2 group. A line is "id:controllers:path".</summary>
    private static (string? Charged, string? Unified) FindMembership(string file)
    {
        string? charged = null, unified = null;
        foreach (var line in ReadLines(file))
        {
            var fields = line.Split(':', 3);
            if (fields.Length < 3)
                continue;
            if (fields[1].Split(',').Contains("memory"))
                charged = fields[2];
            if (fields[0] == "0" && fields[1].Length == 0)
                unified = fields[2];
        }

        return (charged, unified);
    }

    private static List<ControlGroup> FindBelow(string rootFolder, string mountFile, ControlGroupHierarchy hierarchy, string group, string? unified)
    {
        List<MountPoint> mounts = [.. ReadLines(mountFile).Select(MountPoint.Parse).OfType<MountPoint>()];
        var found = Folders(rootFolder, mounts, hierarchy, group).Select(folder => FindIn(folder.Path, folder.Top, hierarchy)).FirstOrDefault(found => found.Count > 0) ?? [];
        if (hierarchy == ControlGroupHierarchy.Version2)
            return found;

        // On a hybrid host, only the version 2 group with the same path can be assumed to be the same group.
        var beside = unified == group ? Folders(rootFolder, mounts, ControlGroupHierarchy.Version2, group).Select(folder => folder.Path).FirstOrDefault() : null;
        return [.. found.Select((each, level) => each with { PressureFile = beside is null || level > 0 ? null : Path.Join(beside, ControlGroupHierarchy.PressureFile) })];
    }

    private static IEnumerable<(string Path, string Top)> Folders(string rootFolder, List<MountPoint> mounts, ControlGroupHierarchy hierarchy, string group) =>
        mounts.Where(hierarchy.IsMountedAt)
            .Select(mount => (Top: rootFolder + mount.Folder, Below: mount.Below(group)))
            .Where(mount => mount.Below is not null)
            .Select(mount => (Path: (mount.Top + mount.Below).TrimEnd('/'), mount.Top))
            .Where(folder => Directory.Exists(folder.Path));

    private static List<ControlGroup> FindIn(string folder, string top, ControlGroupHierarchy hierarchy) =>
    [
        .. Upwards(folder, top).Where(hierarchy.AccountsForMemory)
            .Select(each => new ControlGroup(each, hierarchy, Path.Join(each, ControlGroupHierarchy.PressureFile))),
    ];

    private static IEnumerable<string> Upwards(string folder, string top)
    {
        for (var each = folder; each is not null && each.Length >= top.Length; each = Path.GetDirectoryName(each))
            yield return each;
    }

    private static string[] ReadLines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
