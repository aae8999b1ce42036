using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>Messages on standard error: one line each, so that scripts can read them; on a terminal, long ones wrap between words.</summary>
internal static class Notice
{
    /// <summary>Writes a message, cleaned of control characters.</summary>
    /// <param name="message">The message.</param>
    public static void Write(string message)
    {
        foreach (var line in Lines(message))
            Console.Error.WriteLine(line);
    }

    private static IEnumerable<string> Lines(string message)
    {
        var line = TerminalText.Clean(message.ReplaceLineEndings(" "));
        return Console.IsErrorRedirected ? [line] : WordWrap.Lines(line, Math.Max(40, Console.WindowWidth - 1));
    }
}
