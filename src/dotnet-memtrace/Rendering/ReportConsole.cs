using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Memtrace.Tool.Rendering;

/// <summary>The console that a report is written to.</summary>
internal static class ReportConsole
{
    /// <summary>The narrowest console that the text of a report is laid out for. Its tables need more.</summary>
    public const int MinimumWidth = 40;

    /// <summary>The width where there is no terminal.</summary>
    public const int RedirectedWidth = 120;

    private static readonly string[] LocaleVariables = ["LC_ALL", "LC_CTYPE", "LANG"];

    /// <summary>The standard output: colors on a terminal unless <c>NO_COLOR</c> is set, plain text elsewhere.</summary>
    /// <param name="width">Width in columns; null for the terminal's.</param>
    public static IAnsiConsole StandardOutput(int? width = null)
    {
        var redirected = Console.IsOutputRedirected;
        var colors = !redirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var console = Create(Console.Out, Console.OutputEncoding, width ?? (redirected ? RedirectedWidth : TerminalWidth()), colors ? AnsiSupport.Detect : AnsiSupport.No);
        console.Profile.Capabilities.Unicode &= redirected || !IsAsciiLocale();
        return console;
    }

    // Most containers set no locale, yet the terminals in front of them use UTF-8. POSIX, "Internationalization Variables".
    private static bool IsAsciiLocale()
    {
        var locale = LocaleVariables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        return locale is "C" or "POSIX";
    }

    /// <summary>Whether the standard output is a terminal that understands control sequences.</summary>
    public static bool HasCursor() => Create(Console.Out, Console.OutputEncoding, RedirectedWidth, AnsiSupport.Detect).Profile.Capabilities.Ansi;

    /// <summary>Text with the styles of the standard output, which a pager shows later.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="width">Width in columns; null for the terminal's.</param>
    public static IAnsiConsole ForPager(TextWriter writer, int? width)
    {
        var profile = StandardOutput(width).Profile;
        return InMemory(writer, profile.Width, new ScreenStyle(profile.Capabilities.Ansi, profile.Capabilities.Unicode));
    }

    /// <summary>Plain text.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="width">Width in columns; null for <see cref="RedirectedWidth"/>.</param>
    public static IAnsiConsole Plain(TextWriter writer, int? width = null) =>
        Create(writer, writer.Encoding, width ?? RedirectedWidth, AnsiSupport.No);

    /// <summary>Text that is shown on a terminal later.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="width">Width in columns.</param>
    /// <param name="style">How to draw.</param>
    public static IAnsiConsole InMemory(TextWriter writer, int width, ScreenStyle style)
    {
        var console = Create(writer, writer.Encoding, width, style.Ansi ? AnsiSupport.Yes : AnsiSupport.No);
        console.Profile.Capabilities.Unicode = style.Unicode;
        return console;
    }

    private static IAnsiConsole Create(TextWriter writer, Encoding encoding, int width, AnsiSupport ansi)
    {
        // The default enrichers would switch colors on for build servers even where the output is redirected, and read the environment for each console.
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = ansi,
            ColorSystem = ansi == AnsiSupport.No ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            EnvironmentVariables = [],
        });
        console.Profile.Width = Math.Max(width, MinimumWidth);
        console.Profile.Capabilities.Unicode = encoding.WebName.StartsWith("utf-", ignoreCase: true, CultureInfo.InvariantCulture);
        return console;
    }

    private static int TerminalWidth()
    {
        try
        {
            return Console.WindowWidth > 0 ? Console.WindowWidth : RedirectedWidth;
        }
        catch (IOException)
        {
            return RedirectedWidth;
        }
    }
}
