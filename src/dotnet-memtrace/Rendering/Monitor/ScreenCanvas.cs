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
        var console = ReportConsole.StandardOutput();
        return new ScreenStyle(console.Profile.Capabilities.Ansi && console.Profile.Capabilities.ColorSystem != ColorSystem.NoColors, console.Profile.Capabilities.Unicode);
    }
}

/// <summary>A page that is drawn into memory, line by line.</summary>
internal sealed class ScreenCanvas : IDisposable
{
    private readonly StringWriter _text = new();

    /// <param name="width">Columns of a line.</param>
    /// <param name="style">How it is drawn.</param>
    public ScreenCanvas(int width, ScreenStyle style) => Page = new ReportPage(ReportConsole.InMemory(_text, width, style.Ansi, style.Unicode));

    /// <summary>The page.</summary>
    public ReportPage Page { get; }

    /// <summary>The lines so far.</summary>
    public IReadOnlyList<string> Lines => _text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    public void Dispose() => _text.Dispose();
}
