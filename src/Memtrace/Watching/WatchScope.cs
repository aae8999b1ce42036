using System.Text.RegularExpressions;
using Memtrace.Processes;

namespace Memtrace.Watching;

/// <summary>Which processes to watch. Immutable; a null property does not restrict it.</summary>
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
    /// <param name="isExamined">Whether to examine a process; others are left out. Asked on Linux only.</param>
    /// <exception cref="TargetException">This system does not list processes.</exception>
    public IReadOnlyList<DotnetProcess> Find(Func<LinuxProcess, bool> isExamined) => [.. DotnetProcesses.List(isExamined).Where(Includes)];

    private bool Includes(DotnetProcess process) =>
        (Name is null || process.Name == Name)
        && (Filter?.IsMatch(process.Name) ?? true)
        && (User is null || process.User == User)
        && (Container is null || ControlGroupText.Of(process.Id).Contains(Container, StringComparison.Ordinal));
}
