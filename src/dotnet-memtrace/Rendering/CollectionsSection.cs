using System.Globalization;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>Garbage collections: by generation, and one by one.</summary>
internal static class CollectionsSection
{
    /// <summary>Writes their totals by generation.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="profile">The profile.</param>
    public static void WriteSummary(ReportPage page, MemoryProfile profile)
    {
        var collections = profile.Collections;
        var isPart = collections.Total > collections.Items.Length;
        page.Section("Collections", isPart ? $"the last {Count.Format(collections.Items.Length)} of {Count.Format(collections.Total)}" : "");
        if (collections.Items.IsEmpty)
        {
            page.Line(new TextRun("  No collection ended during the recording.", Theme.Quiet));
            return;
        }

        TextTable.Write(page, CollectionTables.ByGeneration(collections, profile.Recording.DurationSeconds - (isPart ? collections.Items[0].StartSeconds : 0)));
        page.Paragraph(Pauses(collections), Theme.Plain, new("  ", Theme.Plain));
        page.Paragraph("Reasons: " + Reasons(collections), Theme.Plain, new("  ", Theme.Plain));
    }

    /// <summary>Writes the ones with the longest pauses.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="collections">The collections.</param>
    /// <param name="top">How many at most.</param>
    public static void WriteLongest(ReportPage page, CollectionSummary collections, int top)
    {
        if (collections.Items.IsEmpty)
            return;
        var longest = collections.Items.OrderByDescending(item => item.PauseMs).Take(top).ToList();
        page.Section("Longest pauses", string.Create(CultureInfo.InvariantCulture, $"{longest.Count} of {Count.Things(collections.Items.Length, "collection", "collections")}"));
        TextTable.Write(page, CollectionTables.Each(longest));
    }

    private static string Pauses(CollectionSummary collections) =>
        $"Total pause {Duration.FormatMs(collections.PauseTotalMs)} ({Percent.Format(collections.PausePercent / 100)} of the time), longest single pause {Duration.FormatMs(collections.PauseMaxMs)}.";

    private static string Reasons(CollectionSummary collections) => string.Join(", ", collections.Items
        .GroupBy(item => item.Reason)
        .OrderByDescending(reason => reason.Count())
        .Select(reason => $"{TerminalText.Clean(reason.Key)} {Count.Format(reason.Count())}"));
}
