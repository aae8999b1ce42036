using Spectre.Console;

namespace Memtrace.Tool.Rendering;

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
