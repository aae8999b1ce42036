using Memtrace.Profiles;
using Spectre.Console;

namespace Memtrace.Tool.Rendering;

/// <summary>Writes a profile as text for people.</summary>
internal static class ReportRenderer
{
    /// <summary>Writes the first page: an overview.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="console">Where to write.</param>
    public static void Summary(MemoryProfile profile, IAnsiConsole console) => Write(profile, console, new ReportOptions());

    /// <summary>Writes a view.</summary>
    /// <param name="profile">The profile, filtered where that was asked for.</param>
    /// <param name="console">Where to write.</param>
    /// <param name="options">What to show, and how.</param>
    /// <exception cref="InvalidOperationException">The view is of live objects, and the recording has no survival data.</exception>
    public static void Write(MemoryProfile profile, IAnsiConsole console, ReportOptions options)
    {
        var page = new ReportPage(console);
        HeaderSection.Write(page, profile);
        options.View.Write(page, profile, options);
    }

    /// <summary>Writes the name of a recording, where a report is one of several.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="console">Where to write.</param>
    public static void Heading(MemoryProfile profile, IAnsiConsole console)
    {
        var page = new ReportPage(console);
        page.Line();
        page.Line(new TextRun(page.Names.Text($"==> {TerminalText.Clean(profile.Recording.File)} <==", page.Width), Theme.Title));
    }
}
