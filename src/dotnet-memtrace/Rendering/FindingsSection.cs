using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Spectre.Console;

namespace Memtrace.Tool.Rendering;

/// <summary>The findings of a profile.</summary>
internal static class FindingsSection
{
    private const int MarkWidth = 12;

    /// <summary>Writes the findings.</summary>
    /// <param name="page">The page to write to.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="top">Maximum number of findings.</param>
    public static void Write(ReportPage page, MemoryProfile profile, int top)
    {
        var findings = profile.Findings;
        if (findings.IsEmpty && IsEmpty(profile))
            return;
        page.Section("Findings", findings.Length > top ? $"{Count.Format(top)} of {Count.Format(findings.Length)}, the rest with --view findings" : "");
        if (findings.IsEmpty)
            page.Line(new TextRun("  Nothing stands out.", Theme.Plain));
        foreach (var finding in findings.Take(top))
            Write(page, finding, profile);
    }

    private static void Write(ReportPage page, Finding finding, MemoryProfile profile)
    {
        var indent = new TextRun(new string(' ', MarkWidth), Theme.Plain);
        var mark = new TextRun($"  {DataName.Of(finding.Severity)}".PadRight(MarkWidth), Style(finding.Severity));
        page.Paragraph(TerminalText.Clean(finding.Title), Theme.Title, mark);
        page.Paragraph(TerminalText.Clean(finding.Detail), Theme.Plain, indent);
        page.Paragraph(string.Join(", ", finding.Evidence.Select(item => Figure(item, page.Glyphs))), Theme.Quiet, indent);
        page.Paragraph(TerminalText.Clean(finding.Advice), Theme.Plain, new($"{new string(' ', MarkWidth)}{page.Glyphs.Arrow} ", Theme.Plain));
        foreach (var step in finding.Next)
            page.Paragraph(TerminalText.Clean(NextStepText.Line(step, profile)), Theme.Quiet, new($"{new string(' ', MarkWidth)}{page.Glyphs.Arrow} ", Theme.Plain));
    }

    /// <summary>The style of a severity.</summary>
    /// <param name="severity">The severity.</param>
    public static Style Style(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Critical => Theme.Critical,
        FindingSeverity.Warning => Theme.Warning,
        _ => Theme.Quiet,
    };

    private static string Figure(Evidence item, Glyphs glyphs)
    {
        var format = new CellFormat(glyphs, new NameShortener(glyphs.Ellipsis));
        var value = format.Text(ColumnKind.Number, FindingTable.Figure(item, item.Value));
        return item.Error is { } error
            ? $"{FindingTable.Label(item)} {value} {format.Text(ColumnKind.Error, FindingTable.Figure(item, error))}"
            : $"{FindingTable.Label(item)} {value}";
    }

    /// <summary>Whether there is no data for any rule.</summary>
    private static bool IsEmpty(MemoryProfile profile) =>
        profile.Memory.Rss is null && profile.Collections.Items.IsEmpty && profile.Allocations.Total.Samples == 0;
}
