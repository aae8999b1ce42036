namespace Memtrace.OperatingSystem;

/// <summary>
/// The Linux control group that accounts for a process's memory, and the files that tell about it.
/// Sources: cgroups(7), cgroup_namespaces(7); Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst of the kernel.
/// </summary>
/// <param name="UsageFile">Holds the bytes charged to the group.</param>
/// <param name="EventsFile">Holds the line <c>oom_kill N</c>.</param>
/// <param name="LimitFiles">Hold the limits of the group and of the groups above it.</param>
internal sealed record ControlGroup(string UsageFile, string EventsFile, IReadOnlyList<string> LimitFiles)
{
    /// <summary>Finds the group of a process. Null if there is none but the root, or none has a memory controller.</summary>
    /// <param name="rootFolder">What stands before every absolute path: nothing, but for tests.</param>
    /// <param name="processId">The process id.</param>
    public static ControlGroup? Find(string rootFolder, int processId)
    {
        var proc = rootFolder + "/proc";
        if (FindMembership($"{proc}/{processId}/cgroup") is not var (hierarchy, group))
            return null;

        // A process of another mount namespace may be in a group that no mount of ours shows: then its own mounts do.
        return FindBelow(rootFolder, $"{proc}/self/mountinfo", hierarchy, group)
            ?? FindBelow($"{proc}/{processId}/root", $"{proc}/{processId}/mountinfo", hierarchy, group);
    }

    // A line is "id:controllers:path". On a host with both versions the memory controller is in one of them, and "0::" is there
    // all the same: so version 1 comes first.
    private static (ControlGroupHierarchy Hierarchy, string Group)? FindMembership(string file)
    {
        (ControlGroupHierarchy, string)? unified = null;
        foreach (var line in ReadLines(file))
        {
            var fields = line.Split(':', 3);
            if (fields.Length < 3)
                continue;
            if (fields[1].Split(',').Contains("memory"))
                return (ControlGroupHierarchy.Version1, fields[2]);
            if (fields[0] == "0" && fields[1].Length == 0)
                unified = (ControlGroupHierarchy.Version2, fields[2]);
        }

        return unified;
    }

    private static ControlGroup? FindBelow(string rootFolder, string mountFile, ControlGroupHierarchy hierarchy, string group) =>
        ReadLines(mountFile)
            .Select(MountPoint.Parse)
            .OfType<MountPoint>()
            .Where(hierarchy.IsMountedAt)
            .Select(mount => FindIn(rootFolder, mount, hierarchy, group))
            .FirstOrDefault(found => found is not null);

    private static ControlGroup? FindIn(string rootFolder, MountPoint mount, ControlGroupHierarchy hierarchy, string group)
    {
        if (mount.Below(group) is not { } path)
            return null;

        var top = rootFolder + mount.Folder;
        var folder = (top + path).TrimEnd('/');
        if (!Directory.Exists(folder))
            return null;

        var groups = Upwards(folder, top).Where(hierarchy.AccountsForMemory).ToList();
        return groups.Count == 0 ? null : new ControlGroup(
            Path.Join(groups[0], hierarchy.UsageFile),
            Path.Join(groups[0], hierarchy.EventsFile),
            [.. groups.Select(each => Path.Join(each, hierarchy.LimitFile))]);
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
