using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>Errors and warnings on standard error.</summary>
internal static class Errors
{
    /// <summary>Writes an error, cleaned of control characters.</summary>
    /// <param name="message">What is wrong and what to do about it.</param>
    public static void Write(string message) => Write("error", message);

    /// <summary>Writes a warning: the command did its work, but probably not as intended.</summary>
    /// <param name="message">What to check.</param>
    public static void Warn(string message) => Write("warning", message);

    // One line each, so that scripts can read them; on a terminal, long ones wrap between words.
    private static void Write(string kind, string message)
    {
        var line = $"{kind}: {TerminalText.Clean(message.ReplaceLineEndings(" "))}";
        foreach (var piece in Console.IsErrorRedirected ? [line] : WordWrap.Lines(line, Math.Max(40, Console.WindowWidth - 1)))
            Console.Error.WriteLine(piece);
    }
}
