using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>Tells the user what went wrong.</summary>
internal static class Errors
{
    /// <summary>Writes one line to the standard error, whatever the message contains.</summary>
    /// <param name="message">What is wrong, and what to do about it.</param>
    public static void Write(string message) => Write("error", message);

    /// <summary>Writes one line to the standard error about what was done, but is hardly what was wanted.</summary>
    /// <param name="message">What is strange.</param>
    public static void Warn(string message) => Write("warning", message);

    private static void Write(string kind, string message) =>
        Console.Error.WriteLine($"{kind}: {TerminalText.Clean(message.ReplaceLineEndings(" "))}");
}
