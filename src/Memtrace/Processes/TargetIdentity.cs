using System.Diagnostics;

namespace Memtrace.Processes;

/// <summary>Identifies the process of a target, for its description and for explaining failures.</summary>
/// <param name="ProcessId">The process id as seen from here; 0 if it is not visible.</param>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="Process">The process as /proc showed it when attaching; null if there is no /proc.</param>
internal sealed record TargetIdentity(int ProcessId, string Name, LinuxProcess? Process)
{
    /// <summary>Finds a running process.</summary>
    /// <exception cref="TargetException">No process has that id.</exception>
    public static TargetIdentity Find(int processId)
    {
        if (OperatingSystem.IsLinux())
        {
            var process = LinuxProcess.Open(processId) ?? throw TargetFailure.NotRunning(processId);
            return new TargetIdentity(processId, process.Name, process);
        }

        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(processId);
            return new TargetIdentity(processId, process.ProcessName, null);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            throw TargetFailure.NotRunning(processId);
        }
    }

    /// <summary>The process at the other end of a connection. It may be a proxy; then the runtime's process is not visible from here.</summary>
    public static TargetIdentity OfPeer(int processId, RuntimeInfo? info)
    {
        if (!OperatingSystem.IsLinux())
            return new TargetIdentity(processId, info?.EntryAssembly ?? "", null);
        return LinuxProcess.Open(processId) is { } process && (info is null || process.NamespaceId == info.ProcessId)
            ? new TargetIdentity(processId, process.Name, process)
            : new TargetIdentity(0, info?.EntryAssembly ?? "", null);
    }

    /// <summary>Finds the endpoint that its runtime listens on.</summary>
    /// <exception cref="TargetException">There is none; the message says why.</exception>
    public DiagnosticEndpoint FindEndpoint()
    {
        if (Process is not null && Obstacle.Find(Process) is { } obstacle)
            throw TargetFailure.From(this, obstacle);
        return (Process is null ? DiagnosticEndpoint.Find(ProcessId) : DiagnosticEndpoint.Find(Process))
            ?? throw TargetFailure.From(this, new Obstacle(TargetError.NoSocket, "has no diagnostic socket"));
    }

    /// <summary>Combines what the operating system and the runtime know.</summary>
    /// <param name="info">The runtime's response; null before .NET 6.</param>
    public TargetDescription Describe(RuntimeInfo? info) => new(
        ProcessId != 0 ? ProcessId : info?.ProcessId ?? 0,
        Name.Length > 0 ? Name : info?.EntryAssembly ?? "",
        Process?.CommandLine ?? info?.CommandLine ?? "",
        info?.Version ?? "",
        info?.Architecture ?? "",
        info?.OperatingSystem ?? "",
        Process?.ProcessorCount ?? 0)
    {
        IsAheadOfTime = Process is null ? null : RuntimeDetector.IsAheadOfTime(Process),
    };

    /// <summary>Sends a request, and explains a failure.</summary>
    /// <exception cref="TargetException">The request failed or timed out.</exception>
    /// <exception cref="OperationCanceledException">The caller canceled it.</exception>
    public async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> request, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            return await request(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw TargetFailure.NoAnswer(this, timeout);
        }
        catch (Exception exception) when (TargetFailure.IsExpected(exception))
        {
            throw TargetFailure.From(this, exception);
        }
    }
}
