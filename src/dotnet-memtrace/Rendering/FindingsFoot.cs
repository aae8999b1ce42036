using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>The findings once more at the end of a long page, one line each: on a terminal their section has scrolled out of sight by then.</summary>
internal static class FindingsFoot
{
    private const int LongPage = 50;
    private const int MarkWidth = 12;

    /// <summary>Writes them; nothing on a short page.</summary>
    /// <param name="page">Where to write, after everything else.</param>
    /// <param name="profile">The profile.</param>
    public static void Write(ReportPage page, MemoryProfile profile)
    {
        if (page.Lines <= LongPage || profile.Findings.IsEmpty)
            return;
        page.Section("Findings in brief");
        foreach (var finding in profile.Findings)
        {
            page.Line(
                new($"  {DataName.Of(finding.Severity)}".PadRight(MarkWidth), FindingsSection.Style(finding.Severity)),
                new(page.Names.Text(TerminalText.Clean(finding.Title), page.Width - MarkWidth), Theme.Plain));
        }
    }
}
