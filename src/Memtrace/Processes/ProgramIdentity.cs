namespace Memtrace.Processes;

/// <summary>
/// Identifies the program that runs in a process: a process keeps its id and its start time when it executes another program (execve(2)), but its stack
/// moves.
/// </summary>
/// <param name="StartTicks">When the process started, in ticks since boot.</param>
/// <param name="StackStart">Where its stack starts; null if this user is not allowed to see that.</param>
internal sealed record ProgramIdentity(long StartTicks, ulong? StackStart)
{
    /// <summary>The program that a process runs now; null if there is no such process.</summary>
    public static ProgramIdentity? Of(int processId) => LinuxProcess.Open(processId)?.Program;

    /// <summary>Whether a process still runs this program. If the stack cannot be seen, only another process is noticed.</summary>
    public bool IsRunningIn(int processId) =>
        Of(processId) is { } now && now.StartTicks == StartTicks && (StackStart is null || now.StackStart is null || now.StackStart == StackStart);
}
