namespace Memtrace.Footprint;

/// <summary>
/// The Linux control group that accounts for a process's memory, and the files that tell about it.
/// Sources: cgroups(7), cgroup_namespaces(7); Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst of the kernel.
/// </summary>
/// <param name="Folder">The folder of its files.</param>
/// <param name="Hierarchy">How they are named.</param>
/// <param name="LimitFiles">Hold the limits of the group and of the groups above it.</param>
/// <param name="PressureFile">Tells of waiting for memory; null where nothing tells that of this group.</param>
internal sealed record ControlGroup(string Folder, ControlGroupHierarchy Hierarchy, IReadOnlyList<string> LimitFiles, string? PressureFile)
{
    /// <summary>Holds the bytes charged to the group.</summary>
    public string UsageFile => Path.Join(Folder, Hierarchy.UsageFile);

    /// <summary>Holds the line <c>oom_kill N</c>.</summary>
    public string EventsFile => Path.Join(Folder, Hierarchy.EventsFile);

    /// <summary>Holds the highest usage.</summary>
    public string PeakFile => Path.Join(Folder, Hierarchy.PeakFile);

    /// <summary>Holds what the usage is made of, a line each.</summary>
    public string StatisticsFile => Path.Join(Folder, ControlGroupHierarchy.StatisticsFile);

    /// <summary>Holds what the kernel uses for the group; null where the statistics say that.</summary>
    public string? KernelFile => Hierarchy.KernelFile is { } file ? Path.Join(Folder, file) : null;

    /// <summary>Finds the group of a process. Null if there is none but the root, or none has a memory controller.</summary>
    /// <param name="rootFolder">What stands before every absolute path: nothing, but for tests.</param>
    /// <param name="processId">The process id.</param>
    public static ControlGroup? Find(string rootFolder, int processId)
    {
        var proc = rootFolder + "/proc";
        var (charged, unified) = FindMembership($"{proc}/{processId}/cgroup");
        if ((charged ?? unified) is not { } group)
            return null;

        // On a host with both versions the memory controller is in one of them, and "0::" is there all the same: so version 1 comes first.
        var hierarchy = charged is null ? ControlGroupHierarchy.Version2 : ControlGroupHierarchy.Version1;
        // A process of another mount namespace may be in a group that no mount of ours shows: then its own mounts do.
        return FindBelow(rootFolder, $"{proc}/self/mountinfo", hierarchy, group, unified)
            ?? FindBelow($"{proc}/{processId}/root", $"{proc}/{processId}/mountinfo", hierarchy, group, unified);
    }

    /// <summary>The group that version 1 charges memory to, and the group of version 2. A line is "id:controllers:path".</summary>
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

    private static ControlGroup? FindBelow(string rootFolder, string mountFile, ControlGroupHierarchy hierarchy, string group, string? unified)
    {
        List<MountPoint> mounts = [.. ReadLines(mountFile).Select(MountPoint.Parse).OfType<MountPoint>()];
        var found = Folders(rootFolder, mounts, hierarchy, group).Select(folder => FindIn(folder.Path, folder.Top, hierarchy)).FirstOrDefault(found => found is not null);
        if (found is null || hierarchy == ControlGroupHierarchy.Version2)
            return found;

        // On a host with both versions only the group of the same path can be taken for the same group.
        var beside = unified == group ? Folders(rootFolder, mounts, ControlGroupHierarchy.Version2, group).Select(folder => folder.Path).FirstOrDefault() : null;
        return found with { PressureFile = beside is null ? null : Path.Join(beside, ControlGroupHierarchy.PressureFile) };
    }

    private static IEnumerable<(string Path, string Top)> Folders(string rootFolder, List<MountPoint> mounts, ControlGroupHierarchy hierarchy, string group) =>
        mounts.Where(hierarchy.IsMountedAt)
            .Select(mount => (Top: rootFolder + mount.Folder, Below: mount.Below(group)))
            .Where(mount => mount.Below is not null)
            .Select(mount => (Path: (mount.Top + mount.Below).TrimEnd('/'), mount.Top))
            .Where(folder => Directory.Exists(folder.Path));

    private static ControlGroup? FindIn(string folder, string top, ControlGroupHierarchy hierarchy)
    {
        var groups = Upwards(folder, top).Where(hierarchy.AccountsForMemory).ToList();
        return groups.Count == 0 ? null : new ControlGroup(
            groups[0],
            hierarchy,
            [.. groups.Select(each => Path.Join(each, hierarchy.LimitFile))],
            Path.Join(groups[0], ControlGroupHierarchy.PressureFile));
    }

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
