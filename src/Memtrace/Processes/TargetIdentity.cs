using System.Diagnostics;

namespace Memtrace.Processes;

/// <summary>Which process a target is: what a description begins with, and what a failure is explained with.</summary>
/// <param name="ProcessId">The process's id as seen from here; 0 if it cannot be seen.</param>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="Process">The process as it was when it was attached to, where /proc knows it.</param>
internal sealed record TargetIdentity(int ProcessId, string Name, LinuxProcess? Process)
{
    /// <summary>A running process.</summary>
    /// <exception cref="TargetException">There is none with that id.</exception>
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

    /// <summary>The process at the other end of a connection. It may be only a proxy of the runtime's, which is then not to be seen from here.</summary>
    public static TargetIdentity OfPeer(int processId, RuntimeInfo? info)
    {
        if (!OperatingSystem.IsLinux())
            return new TargetIdentity(processId, info?.EntryAssembly ?? "", null);
        return LinuxProcess.Open(processId) is { } process && (info is null || process.NamespaceId == info.ProcessId)
            ? new TargetIdentity(processId, process.Name, process)
            : new TargetIdentity(0, info?.EntryAssembly ?? "", null);
    }

    /// <summary>Where its runtime listens.</summary>
    /// <exception cref="TargetException">Nowhere; the message says why.</exception>
    public DiagnosticEndpoint FindEndpoint()
    {
        if (Process is not null && Obstacle.Find(Process) is { } obstacle)
            throw TargetFailure.From(this, obstacle);
        return (Process is null ? DiagnosticEndpoint.Find(ProcessId) : DiagnosticEndpoint.Find(Process))
            ?? throw TargetFailure.From(this, new Obstacle(TargetError.NoSocket, "has no diagnostic socket"));
    }

    /// <summary>Puts together what the operating system and the runtime tell.</summary>
    /// <param name="info">The runtime's answer; null before .NET 6.</param>
    public TargetDescription Describe(RuntimeInfo? info) => new(
        ProcessId != 0 ? ProcessId : info?.ProcessId ?? 0,
        Name.Length > 0 ? Name : info?.EntryAssembly ?? "",
        Process?.CommandLine ?? info?.CommandLine ?? "",
        info?.Version ?? "",
        info?.Architecture ?? "",
        info?.OperatingSystem ?? "",
        Process?.ProcessorCount ?? 0);

    /// <summary>Asks, and explains a failure.</summary>
    /// <exception cref="TargetException">No answer came in time, or a bad one.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> question, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            return await question(limit.Token);
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
