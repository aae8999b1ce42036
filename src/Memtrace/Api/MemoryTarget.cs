using Memtrace.Processes;

namespace Memtrace;

/// <summary>Names a .NET process to record, watch or take a snapshot of. Nothing is opened before that. Immutable.</summary>
public sealed class MemoryTarget
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly Func<CancellationToken, Task<Target>> _open;

    private MemoryTarget(Func<CancellationToken, Task<Target>> open) => _open = open;

    /// <summary>This process.</summary>
    public static MemoryTarget Self { get; } = ById(Environment.ProcessId);

    /// <summary>A running process.</summary>
    /// <param name="processId">Its id, as seen from here; it may run in a container.</param>
    public static MemoryTarget ById(int processId) => new(cancellation => Target.AttachAsync(processId, AnswerLimit, cancellation));

    /// <summary>The only running process with a name.</summary>
    /// <param name="name">The name of its application, not <c>dotnet</c>.</param>
    public static MemoryTarget ByName(string name) => new(cancellation => Target.AttachAsync(DotnetProcesses.ResolveName(name), AnswerLimit, cancellation));

    /// <summary>A process that is reached through a diagnostic port.</summary>
    /// <param name="diagnosticPort"><c>PATH[,listen|connect]</c>: listen there until a runtime connects (the default), or connect to a runtime that listens there.</param>
    public static MemoryTarget AtPort(string diagnosticPort) => new(cancellation => Target.ConnectAsync(diagnosticPort, AnswerLimit, cancellation));

    /// <summary>The first .NET process of a command that is started for it. Its output is discarded. It is terminated in the end if it still runs then.</summary>
    /// <param name="command">A program and its arguments.</param>
    public static MemoryTarget Launch(params string[] command) => new(cancellation => Target.LaunchAsync(command, CommandStreams.Hidden, cancellation));

    /// <summary>Opens the process.</summary>
    /// <exception cref="TargetException">It cannot be reached.</exception>
    internal Task<Target> OpenAsync(CancellationToken cancellation) => _open(cancellation);
}
