using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>Tells the user what went wrong.</summary>
internal static class Errors
{
    /// <summary>Writes one line to the standard error, whatever the message contains.</summary>
    /// <param name="message">What is wrong, and what to do about it.</param>
    public static void Write(string message) =>
        Console.Error.WriteLine("error: " + TerminalText.Clean(message.ReplaceLineEndings(" ")));
}
