using System.Text.RegularExpressions;
using Memtrace.Processes;

namespace Memtrace.Watching;

/// <summary>Which processes to watch. Immutable; what is null does not matter.</summary>
internal sealed record WatchScope
{
    /// <summary>The only process.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The name of processes.</summary>
    public string? Name { get; init; }

    /// <summary>What their names match.</summary>
    public Regex? Filter { get; init; }

    /// <summary>Their owner.</summary>
    public string? User { get; init; }

    /// <summary>A part of the name of their control group, such as the id of a container.</summary>
    public string? Container { get; init; }

    /// <summary>The processes that exist now.</summary>
    /// <exception cref="TargetException">This system does not list processes, or there is no such process.</exception>
    public IReadOnlyList<DotnetProcess> Find() => ProcessId is { } id ? [DotnetProcesses.Find(id)] : [.. DotnetProcesses.List().Where(Includes)];

    private bool Includes(DotnetProcess process) =>
        (Name is null || process.Name == Name)
        && (Filter?.IsMatch(process.Name) ?? true)
        && (User is null || process.User == User)
        && (Container is null || GroupsOf(process.Id).Contains(Container, StringComparison.Ordinal));

    private static string GroupsOf(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/cgroup");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
