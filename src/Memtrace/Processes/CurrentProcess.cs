namespace Memtrace.Processes;

/// <summary>What a process can do to itself.</summary>
public static class CurrentProcess
{
    private const int StandardOutput = 1;

    // SIGSTOP is one of the few signals whose number differs between systems: signal(7), macOS' sys/signal.h.
    private static int SigStop => OperatingSystem.IsMacOS() ? 17 : 19;

    /// <summary>Whether the terminal at the standard output is this process's at present, and not that of a shell that has it in the background. Not on Windows.</summary>
    public static bool HasTerminal => NativeMethods.ForegroundGroup(StandardOutput) == NativeMethods.ProcessGroup();

    /// <summary>Stops this process until SIGCONT comes, as Ctrl+Z does where nobody handles it. Not on Windows.</summary>
    public static void Stop() => _ = NativeMethods.Kill(Environment.ProcessId, SigStop);
}
