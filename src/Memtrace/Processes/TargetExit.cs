namespace Memtrace.Processes;

/// <summary>How a process exited. Both members are null if that is unknown.</summary>
/// <param name="ExitCode">Its exit code, 0 to 255 on Unix; null if a signal terminated it.</param>
/// <param name="Signal">The number of the signal that terminated it; null if it exited by itself.</param>
internal sealed record TargetExit(int? ExitCode, int? Signal)
{
    /// <summary>The process is gone; its exit status is unknown.</summary>
    public static TargetExit Unknown { get; } = new(null, null);

    /// <summary>Decodes a wait status (wait(2)): the signal in bits 0 to 6, the exit code in bits 8 to 15.</summary>
    internal static TargetExit FromWaitStatus(int status) =>
        (status & 0x7F) is var signal and not 0 ? new TargetExit(null, signal) : new TargetExit((status >> 8) & 0xFF, null);

    /// <summary>
    /// The signal n behind an exit code of 128 + n, where only the code is known: the program may just as well have exited with it by itself. Null if there is
    /// no such signal.
    /// </summary>
    public int? PossibleSignal { get; private init; }

    /// <summary>Decodes an exit code as shells and .NET report it: 128 + n may mean signal n.</summary>
    internal static TargetExit FromShellCode(int code) =>
        new(code, null) { PossibleSignal = !OperatingSystem.IsWindows() && code is > 128 and <= 128 + 64 ? code - 128 : null };
}
