using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>Call sites whose survivors grow.</summary>
internal static class GrowthSection
{
    /// <summary>Writes the call sites, and when the remaining memory would be used up.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="live">Its live heap.</param>
    /// <param name="selection">Which call sites.</param>
    public static void Write(ReportPage page, MemoryProfile profile, LiveHeapProfile live, AllocationSelection selection)
    {
        var growth = live.Growth;
        if (growth.IsEmpty)
        {
            page.Section("Growth");
            var hasEvidence = profile.Leak is { Answer: LeakAnswer.NotLeaking };
            page.Paragraph(
                hasEvidence ? "No call site grew beyond its error." : "No call site grew beyond its error, but that does not rule out a leak: see Leak above.",
                Theme.Quiet,
                new TextRun("  ", Theme.Plain));
            return;
        }

        var shown = selection.Apply(live).Growth;
        page.Section("Growth", $"{Count.Format(shown.Length)} of {Count.Things(growth.Length, "call site", "call sites")} whose live objects grow");
        TextTable.Write(page, GrowthTable.Of(shown, profile.Allocations.Sampling));
        page.Paragraph(Outlook(growth.Sum(site => site.BytesPerSecond), profile), Theme.Plain, new TextRun("  ", Theme.Plain));
    }

    // The same rule as for the growth of the resident set: nothing is said where the memory lasts too long to project.
    private static string Outlook(double bytesPerSecond, MemoryProfile profile)
    {
        var together = $"Total {ByteSize.FormatRate(bytesPerSecond)}";
        var growth = new MemoryGrowth(bytesPerSecond, 0, profile.Recording.DurationSeconds);
        return profile.Memory.Headroom is { Bytes: > 0 } left && bytesPerSecond > 0 && growth.Lasts(left.Bytes) is { } seconds
            ? $"{together}: the {ByteSize.Format(left.Bytes)} left of the {BreakdownNames.Title(left.Owner)} would last {Duration.Format(seconds)}."
            : together + ".";
    }
}
