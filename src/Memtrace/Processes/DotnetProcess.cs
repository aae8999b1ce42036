namespace Memtrace.Processes;

/// <summary>A process that looks like .NET.</summary>
/// <param name="Id">Process id, as seen from here.</param>
/// <param name="Name">Short name: the application's, not that of <c>dotnet</c>.</param>
/// <param name="CommandLine">Complete command line, empty where it cannot be read.</param>
/// <param name="User">The owner's name, or number where it has no name here; null where it is not known.</param>
/// <param name="StartedAt">When it started; null where it is not known.</param>
/// <param name="Obstacle">Null if it can be attached to, else the reason why not, such as <c>belongs to user app; run as that user or with sudo</c>.</param>
public sealed record DotnetProcess(int Id, string Name, string CommandLine, string? User, DateTimeOffset? StartedAt, string? Obstacle)
{
    /// <summary>Whether it is known to be one of .NET's. Of another user's process that need not be to be seen.</summary>
    public bool IsCertain { get; init; } = true;
}
