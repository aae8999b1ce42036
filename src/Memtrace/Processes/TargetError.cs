namespace Memtrace.Processes;

/// <summary>The ways in which a process can fail to be a target.</summary>
public enum TargetError
{
    /// <summary>There is no process with that id.</summary>
    NotRunning,

    /// <summary>The process is not a .NET process.</summary>
    NotDotnet,

    /// <summary>The process was started with diagnostics switched off.</summary>
    DiagnosticsDisabled,

    /// <summary>The process was compiled ahead of time, without support for event sources.</summary>
    NativeAot,

    /// <summary>The runtime's diagnostic socket does not exist (any more).</summary>
    NoSocket,

    /// <summary>The process belongs to another user.</summary>
    PermissionDenied,

    /// <summary>Nobody listens at the process's diagnostic socket.</summary>
    ConnectionRefused,

    /// <summary>The process has exited.</summary>
    Exited,

    /// <summary>The process did not answer in time: it is stopped or hangs.</summary>
    NoAnswer,

    /// <summary>The runtime answered a request with an error.</summary>
    RequestRefused,

    /// <summary>More than one process has that name.</summary>
    AmbiguousName,

    /// <summary>No .NET process has that name.</summary>
    NoSuchName,

    /// <summary>The command could not be started.</summary>
    LaunchFailed,

    /// <summary>The command ended before a .NET runtime started in it, or no runtime came to the diagnostic port in time.</summary>
    NeverConnected,

    /// <summary>The diagnostic port cannot be used.</summary>
    PortUnavailable,

    /// <summary>This operating system does not tell what is asked for.</summary>
    NotSupported,
}
