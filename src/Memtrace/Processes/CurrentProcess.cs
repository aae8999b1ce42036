namespace Memtrace.Processes;

/// <summary>Job control of this process.</summary>
internal static class CurrentProcess
{
    private const int StandardOutput = 1;

    // The number of SIGSTOP differs between systems: signal(7), and sys/signal.h of macOS.
    private static int SigStop => OperatingSystem.IsMacOS() ? 17 : 19;

    /// <summary>Whether this process is in the foreground of the terminal at its standard output. Not on Windows.</summary>
    public static bool HasTerminal => NativeMethods.ForegroundGroup(StandardOutput) == NativeMethods.ProcessGroup();

    /// <summary>Stops this process until SIGCONT, as Ctrl+Z does by default. Not on Windows.</summary>
    public static void Stop() => _ = NativeMethods.Kill(Environment.ProcessId, SigStop);
}
