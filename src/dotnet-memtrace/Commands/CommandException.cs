using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>A command cannot do what it was asked for. The message is for the user.</summary>
/// <param name="exitCode">The exit code.</param>
/// <param name="message">What is wrong, and what to do about it.</param>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    /// <summary>The exit code.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>A file cannot be written.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cause">Why.</param>
    public static CommandException FileNotWritten(string file, Exception cause) => new(Tool.ExitCode.TracingError, $"cannot write {file}: {FailureText.OfNewFile(cause)}");

    /// <summary>Standard output cannot be written.</summary>
    /// <param name="cause">Why.</param>
    public static CommandException OutputFailed(Exception cause) => new(Tool.ExitCode.TracingError, $"cannot write to standard output: {FailureText.OfOutput(cause)}");
}
