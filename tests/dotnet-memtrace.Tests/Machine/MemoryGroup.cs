using System.Globalization;

namespace Memtrace.Tool.Tests.Machine;

/// <summary>A control group of version 1 with a limit of memory. It is removed after the test, when its processes are gone.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string MemoryGroups = "/sys/fs/cgroup/memory";

    private readonly string _folder;

    private MemoryGroup(string folder) => _folder = folder;

    /// <summary>Makes one, or skips the test where this user may not, or where there are none.</summary>
    /// <param name="limit">In bytes.</param>
    public static MemoryGroup Create(long limit)
    {
        RequirementCheck.IsMet(Requirement.MemoryGroups);
        var folder = $"{MemoryGroups}/memtrace-test-{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "memory.limit_in_bytes"), limit.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            RequirementCheck.IsNotMet(Requirement.MemoryGroups, exception.Message);
        }

        return new MemoryGroup(folder);
    }

    /// <summary>The last part of its path, which no other has.</summary>
    public string Name => Path.GetFileName(_folder);

    /// <summary>The words in front of a command that start it in the group.</summary>
    public IReadOnlyList<string> Around(params string[] command) => ["sh", "-c", $"echo $$ > {_folder}/cgroup.procs && exec \"$@\"", "sh", .. command];

    public void Dispose() => Directory.Delete(_folder);
}
