namespace Memtrace.Processes;

/// <summary>Why a process cannot be a target.</summary>
public enum TargetError
{
    /// <summary>There is no process with that id.</summary>
    NotRunning,

    /// <summary>The process is not a .NET process.</summary>
    NotDotnet,

    /// <summary>The process was started with diagnostics disabled.</summary>
    DiagnosticsDisabled,

    /// <summary>The process was compiled ahead of time (NativeAOT) without event support.</summary>
    NativeAot,

    /// <summary>The runtime's diagnostic socket does not exist.</summary>
    NoSocket,

    /// <summary>This user is not allowed to access the process.</summary>
    PermissionDenied,

    /// <summary>Nothing listens on the process's diagnostic socket.</summary>
    ConnectionRefused,

    /// <summary>The process has exited.</summary>
    Exited,

    /// <summary>The process did not respond in time: it is stopped or hangs.</summary>
    NoAnswer,

    /// <summary>The runtime responded with an error.</summary>
    RequestRefused,

    /// <summary>More than one process has that name.</summary>
    AmbiguousName,

    /// <summary>No .NET process has that name.</summary>
    NoSuchName,

    /// <summary>The command could not be started.</summary>
    LaunchFailed,

    /// <summary>The command exited before a .NET runtime started in it, or no runtime connected to the diagnostic port in time.</summary>
    NeverConnected,

    /// <summary>The diagnostic port cannot be used.</summary>
    PortUnavailable,

    /// <summary>Not supported on this operating system.</summary>
    NotSupported,

    /// <summary>The runtime has a diagnostic socket, but it cannot be told from others: it can only be connected to by its path.</summary>
    UnidentifiedSocket,

    /// <summary>The program has not started to run: its runtime may be waiting for a diagnostic tool to resume it.</summary>
    NotStarted,
}
