using Memtrace.Processes;

namespace Memtrace.Tool;

/// <summary>
/// The exit codes of the tool. 0 to 5 are those of the .NET diagnostic tools
/// (dotnet/diagnostics, src/Tools/Common/ReturnCode.cs), the others are our own. In launch mode the child's own exit code is passed on.
/// </summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>No session could be opened: no such process, it cannot be attached to, or it does not respond.</summary>
    public const int SessionCreationError = 1;

    /// <summary>The recording failed, cannot be read, or lacks the requested data; or the output cannot be written.</summary>
    public const int TracingError = 2;

    /// <summary>The command line is wrong.</summary>
    public const int ArgumentError = 3;

    /// <summary>Not supported on this operating system or runtime.</summary>
    public const int PlatformNotSupported = 4;

    /// <summary>Internal error.</summary>
    public const int UnknownError = 5;

    /// <summary>A budget of <c>check</c> is exceeded, or a condition of <c>--fail-on</c> is met.</summary>
    public const int ConditionMet = 6;

    /// <summary>The user cancelled the command before it had a result: by Ctrl+C, by answering no, or by leaving the list of processes. 128 + SIGINT, as in shells.</summary>
    public const int Cancelled = 130;

    /// <summary>The exit code for a process that cannot be a target.</summary>
    /// <param name="error">Why it cannot be one.</param>
    public static int Of(TargetException error) => error.Error switch
    {
        TargetError.AmbiguousName => ArgumentError,
        TargetError.NativeAot or TargetError.NotSupported => PlatformNotSupported,
        _ => SessionCreationError,
    };
}
