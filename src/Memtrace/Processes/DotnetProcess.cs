namespace Memtrace.Processes;

/// <summary>A process that appears to be a .NET process.</summary>
/// <param name="Id">Process id, as seen from here.</param>
/// <param name="Name">Short name: the application's, not <c>dotnet</c>.</param>
/// <param name="CommandLine">Complete command line; empty if it cannot be read.</param>
/// <param name="User">The owner's name, or number if it has no name here; null if unknown.</param>
/// <param name="StartedAt">When it started; null if unknown.</param>
/// <param name="Obstacle">Null if it can be attached to, else the reason why not, such as <c>belongs to user app; run as that user or with sudo</c>.</param>
internal sealed record DotnetProcess(int Id, string Name, string CommandLine, string? User, DateTimeOffset? StartedAt, string? Obstacle)
{
    /// <summary>Whether it is certain to be a .NET process. For another user's process that may not be visible.</summary>
    public bool IsCertain { get; init; } = true;
}
