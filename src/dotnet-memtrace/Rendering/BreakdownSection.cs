using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>Where the memory is: the resident set by category.</summary>
internal static class BreakdownSection
{
    /// <summary>The section's title.</summary>
    public const string Title = "Where the memory is";

    private const int LabelWidth = 14;

    /// <summary>The generations are those of the last collection, the category is of now: a little less of it is nothing to tell of.</summary>
    private const long NotWorthANote = 1 << 20;

    /// <summary>Writes where it was at the start, at the end and at the peak; nothing where the recording does not say.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="profile">The profile.</param>
    public static void Write(ReportPage page, MemoryProfile profile)
    {
        if (profile.Breakdown is not [var start, .., var current] moments)
        {
            if (profile.Breakdown is [var only])
                WriteSnapshot(page, only, $"at {Duration.Format(only.AtSeconds)}");
            return;
        }

        var peak = moments.MaxBy(moment => moment.RssBytes)!;
        page.Section(Title, $"at {Duration.Format(start.AtSeconds)}, at {Duration.Format(current.AtSeconds)}, at the peak at {Duration.Format(peak.AtSeconds)}");
        TextTable.Write(page, BreakdownTables.Of(start, current, peak));
        WriteGcHeap(page, profile);
        WriteMissedPeak(page, profile.Memory.Rss, peak);
        WriteNotes(page, current);
    }

    /// <summary>Writes where it is at one moment.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="breakdown">The moment.</param>
    /// <param name="remark">What to say of it beside the title.</param>
    public static void Write(ReportPage page, MemoryBreakdown breakdown, string remark = "") => WriteSnapshot(page, breakdown, remark);

    /// <summary>Writes each moment, where there are several; says so where there is none.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="top">How many at most.</param>
    public static void WriteOverTime(ReportPage page, MemoryProfile profile, int top)
    {
        var moments = profile.Breakdown;
        if (moments.IsEmpty)
        {
            page.Section(Title);
            page.Line(new TextRun($"  {WhyEmpty(profile)}", Theme.Quiet));
            return;
        }

        if (moments.Length == 1)
            return;
        page.Section("Over time", $"{Count.Format(Math.Min(top, moments.Length))} of {Count.Format(moments.Length)} moments");
        TextTable.Write(page, BreakdownTables.OverTime([.. moments.Take(top)]));
    }

    private static string WhyEmpty(MemoryProfile profile) => profile.NearestBreakdownSeconds is { } nearest
        ? $"Nobody looked then: the nearest look was at {Duration.Format(nearest)}."
        : "The recording does not say.";

    private static void WriteMissedPeak(ReportPage page, Measure? rss, MemoryBreakdown highest)
    {
        if (rss is not null && MemoryBreakdown.IsBeyond(highest.RssBytes, rss.PeakBytes))
        {
            var text = $"The peak of {ByteSize.Format(rss.PeakBytes)} at {Duration.Format(rss.PeakAtSeconds)} was over before it could be looked at: at peak means the highest look.";
            page.Paragraph(text, Theme.Warning, new("! ", Theme.Warning));
        }
    }

    private static void WriteSnapshot(ReportPage page, MemoryBreakdown breakdown, string remark)
    {
        page.Section(Title, remark);
        TextTable.Write(page, BreakdownTables.Of(breakdown));
        WriteNotes(page, breakdown);
    }

    // Of what was there before the recording nobody knows whether it lives, so the rest of the heap is not called garbage.
    private static void WriteGcHeap(ReportPage page, MemoryProfile profile)
    {
        var facts = new List<string>();
        if (profile.Live is { } live)
            facts.Add($"{new EstimateList(page, profile.Allocations.Sampling).Amount(live.End.Live)} of it known to live (sampled)");
        if (profile.Heap.LastOrDefault(point => point.Free is not null)?.Free is { } gaps)
            facts.Add($"{ByteSize.Format(gaps.Total)} between objects (fragmentation)");
        if (facts.Count > 0)
            page.Paragraph(string.Join(", ", facts), Theme.Plain, new("  " + "GC heap".PadRight(LabelWidth), Theme.Plain));
    }

    private static void WriteNotes(ReportPage page, MemoryBreakdown breakdown)
    {
        if (breakdown.GcHeap is { Free: > 0 })
            Note("Free: in no generation. Allocated since the last collection, or held by the GC and not used.");
        if (breakdown.GenerationsNotResident is >= NotWorthANote and var absent)
            Note($"{ByteSize.Format(absent)} of the generations is not resident: never written to, or swapped out.");
        if (!breakdown.Allocators.IsEmpty)
            Note($"Loaded: {TerminalText.Clean(string.Join(", ", breakdown.Allocators))}. What it allocates is in Other anonymous.");
        if (breakdown.Categories.Where(item => !item.IsKnown).Select(item => BreakdownNames.Title(item.Category)).ToList() is { Count: > 0 } unknown)
            Warn($"Not told apart, so what is in them counts in others: {string.Join(", ", unknown)}.");
        foreach (var limit in breakdown.Limits)
            Warn(TerminalText.Clean(limit));

        void Warn(string text) => page.Paragraph(text, Theme.Warning, new("! ", Theme.Warning));

        void Note(string text) => page.Paragraph(text, Theme.Quiet, new("  ", Theme.Plain));
    }
}
