using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>Memory before and after: single figures, and the resident set by category.</summary>
internal static class DiffMemorySection
{
    /// <summary>Writes memory, collections and pauses.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="comparison">The comparison.</param>
    public static void Write(ReportPage page, ProfileComparison comparison)
    {
        page.Section("Memory");
        TextTable.Write(page, ComparisonTables.Memory(comparison));
    }

    /// <summary>Writes the last snapshot of each recording by category, or which recording has none.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="comparison">The comparison.</param>
    public static void WriteBreakdown(ReportPage page, ProfileComparison comparison)
    {
        if (comparison.Breakdown is { } change)
        {
            page.Section(BreakdownSection.Title, $"at {Duration.Format(change.Before.AtSeconds)} before, at {Duration.Format(change.After.AtSeconds)} after");
            TextTable.Write(page, BreakdownTables.Changes(change));
            return;
        }

        page.Section(BreakdownSection.Title);
        foreach (var file in new[] { comparison.Before, comparison.After }.Where(profile => profile.Breakdown.IsEmpty).Select(profile => profile.Recording.File).Distinct())
            page.Paragraph($"Not compared: {TerminalText.Clean(file)} has no memory map snapshot.", Theme.Quiet, new("  ", Theme.Plain));
    }
}
