namespace Memtrace.Tool.Commands;

/// <summary>A command cannot do what it was asked for. The message is for the user.</summary>
/// <param name="exitCode">The exit code.</param>
/// <param name="message">What is wrong, and what to do about it.</param>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    /// <summary>The exit code.</summary>
    public int ExitCode { get; } = exitCode;
}
