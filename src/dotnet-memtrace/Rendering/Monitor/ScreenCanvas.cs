using Spectre.Console;

namespace Memtrace.Tool.Rendering.Monitor;

/// <summary>How a screen is drawn.</summary>
/// <param name="Ansi">Whether with styles.</param>
/// <param name="Unicode">Whether with more than ASCII.</param>
internal sealed record ScreenStyle(bool Ansi, bool Unicode)
{
    /// <summary>Text alone, all of Unicode.</summary>
    public static ScreenStyle Plain { get; } = new(false, true);

    /// <summary>What the terminal of this process can show.</summary>
    public static ScreenStyle OfTerminal()
    {
        var capabilities = ReportConsole.StandardOutput().Profile.Capabilities;
        return new ScreenStyle(capabilities.Ansi && capabilities.ColorSystem != ColorSystem.NoColors, capabilities.Unicode);
    }

    /// <summary>Whether there is a terminal that a screen can be drawn on, with somebody at it. <c>NO_COLOR</c> is no objection: a screen needs no colours.</summary>
    public static bool IsPossible => !Console.IsOutputRedirected && !Console.IsInputRedirected && ReportConsole.HasCursor();
}

/// <summary>A page that is drawn into memory, line by line.</summary>
internal sealed class ScreenCanvas : IDisposable
{
    private readonly StringWriter _text = new();

    /// <param name="width">Columns of the terminal: where they are fewer than a report is laid out for, what is beyond is left out.</param>
    /// <param name="style">How it is drawn.</param>
    public ScreenCanvas(int width, ScreenStyle style) => Page = new ReportPage(ReportConsole.InMemory(_text, width, style.Ansi, style.Unicode), width);

    /// <summary>The page.</summary>
    public ReportPage Page { get; }

    /// <summary>The lines so far.</summary>
    public IReadOnlyList<string> Lines => _text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    public void Dispose() => _text.Dispose();
}
