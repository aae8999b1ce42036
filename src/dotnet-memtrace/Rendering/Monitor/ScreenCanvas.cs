using Spectre.Console;

namespace Memtrace.Tool.Rendering.Monitor;

/// <summary>How to draw a screen.</summary>
/// <param name="Ansi">Whether to use ANSI styles.</param>
/// <param name="Unicode">Whether to use characters beyond ASCII.</param>
internal sealed record ScreenStyle(bool Ansi, bool Unicode)
{
    /// <summary>Plain Unicode text.</summary>
    public static ScreenStyle Plain { get; } = new(false, true);

    /// <summary>The capabilities of the terminal.</summary>
    public static ScreenStyle OfTerminal()
    {
        var capabilities = ReportConsole.StandardOutput().Profile.Capabilities;
        return new ScreenStyle(capabilities.Ansi && capabilities.ColorSystem != ColorSystem.NoColors, capabilities.Unicode);
    }

    /// <summary>Whether there is an interactive terminal with cursor control. <c>NO_COLOR</c> does not matter: a screen needs no colors.</summary>
    public static bool IsPossible => !Console.IsOutputRedirected && !Console.IsInputRedirected && ReportConsole.HasCursor();
}

/// <summary>A page rendered into memory, line by line.</summary>
internal sealed class ScreenCanvas : IDisposable
{
    private readonly StringWriter _text = new();

    /// <summary>Creates an empty page.</summary>
    /// <param name="width">Columns of the terminal; wider content is cut off.</param>
    /// <param name="style">How to draw.</param>
    public ScreenCanvas(int width, ScreenStyle style) => Page = new ReportPage(ReportConsole.InMemory(_text, width, style.Ansi, style.Unicode), width);

    /// <summary>The page.</summary>
    public ReportPage Page { get; }

    /// <summary>The lines so far.</summary>
    public IReadOnlyList<string> Lines => _text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    public void Dispose() => _text.Dispose();
}
