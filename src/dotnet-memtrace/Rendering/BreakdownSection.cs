using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>The resident set by category.</summary>
internal static class BreakdownSection
{
    /// <summary>The section's title.</summary>
    public const string Title = "Breakdown";

    private const int LabelWidth = 14;

    /// <summary>The generation sizes are older than the category's figure, so a small difference means nothing.</summary>
    private const long NotWorthANote = 1 << 20;

    /// <summary>Writes the breakdowns at the start, at the end and at the peak; nothing if the recording has none.</summary>
    /// <param name="page">The page to write to.</param>
    /// <param name="profile">The profile.</param>
    public static void Write(ReportPage page, MemoryProfile profile)
    {
        if (profile.Breakdown is not [var start, .., var current] snapshots)
        {
            if (profile.Breakdown is [var only])
                WriteSnapshot(page, only, $"at {Duration.Format(only.AtSeconds)}");
            else if (profile.DroppedBreakdowns > 0)
                page.Section(Title);
            WriteMissing(page, profile);
            return;
        }

        var peak = snapshots.MaxBy(snapshot => snapshot.RssBytes)!;
        page.Section(Title, $"at {Duration.Format(start.AtSeconds)}, at {Duration.Format(current.AtSeconds)}, at the peak at {Duration.Format(peak.AtSeconds)}");
        TextTable.Write(page, BreakdownTables.Of(start, current, peak));
        WriteGcHeap(page, profile);
        WriteMissedPeak(page, profile.Memory.Rss, peak);
        WriteMissing(page, profile);
        WriteNotes(page, current);
    }

    /// <summary>Writes one breakdown.</summary>
    /// <param name="page">The page to write to.</param>
    /// <param name="breakdown">The breakdown.</param>
    /// <param name="remark">A remark beside the title.</param>
    public static void Write(ReportPage page, MemoryBreakdown breakdown, string remark = "") => WriteSnapshot(page, breakdown, remark);

    /// <summary>Writes all breakdowns in a table if there are several; says so if there are none.</summary>
    /// <param name="page">The page to write to.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="top">How many to write at most.</param>
    public static void WriteOverTime(ReportPage page, MemoryProfile profile, int top)
    {
        var snapshots = profile.Breakdown;
        if (snapshots.IsEmpty)
        {
            page.Section(Title);
            page.Line(new TextRun($"  {WhyEmpty(profile)}", Theme.Quiet));
            return;
        }

        if (snapshots.Length == 1)
            return;
        page.Section("Over time", $"{Count.Format(Math.Min(top, snapshots.Length))} of {Count.Things(snapshots.Length, "snapshot", "snapshots")}");
        TextTable.Write(page, BreakdownTables.OverTime([.. snapshots.Take(top)]));
    }

    private static string WhyEmpty(MemoryProfile profile) => profile.NearestBreakdownSeconds is { } nearest
        ? $"No memory map snapshot in this window (nearest: {Duration.Format(nearest)})."
        : "The recording has no memory map snapshots.";

    private static void WriteMissedPeak(ReportPage page, Measure? rss, MemoryBreakdown highest)
    {
        if (rss is not null && MemoryBreakdown.IsBeyond(highest.RssBytes, rss.PeakBytes))
        {
            var text = $"The peak of {ByteSize.Format(rss.PeakBytes)} at {Duration.Format(rss.PeakAtSeconds)} was over before a snapshot could be taken. \"At peak\" is the largest snapshot.";
            page.Paragraph(text, Theme.Warning, new("! ", Theme.Warning));
        }
    }

    private static void WriteMissing(ReportPage page, MemoryProfile profile)
    {
        if (profile.DroppedBreakdowns > 0)
        {
            Warn($"{Count.Things(profile.DroppedBreakdowns, "memory map snapshot is", "memory map snapshots are")} missing: reading took too long, or the process changed too much meanwhile. "
                + "dotnet-memtrace where takes one without a time limit.");
        }

        if (profile.Breakdown is [.., var last] && profile.CurrentBreakdown is null && profile.Memory.Rss is { } rss)
            Warn($"The last snapshot was before the end: at {Duration.Format(last.AtSeconds)}, with {ByteSize.Format(last.RssBytes)} resident; the recording ended with {ByteSize.Format(rss.CurrentBytes)}.");

        void Warn(string text) => page.Paragraph(text, Theme.Warning, new("! ", Theme.Warning));
    }

    private static void WriteSnapshot(ReportPage page, MemoryBreakdown breakdown, string remark)
    {
        page.Section(Title, remark);
        TextTable.Write(page, BreakdownTables.Of(breakdown));
        WriteNotes(page, breakdown);
    }

    // It is unknown whether objects from before the recording are live, so the rest of the heap is not called garbage.
    private static void WriteGcHeap(ReportPage page, MemoryProfile profile)
    {
        var facts = new List<string>();
        if (profile.Live is { } live)
            facts.Add($"{new EstimateList(page, profile.Allocations.Sampling).Amount(live.End.Live)} of it known to be live (sampled)");
        if (profile.Heap.LastOrDefault(point => point.Free is not null)?.Free is { } gaps)
            facts.Add($"{ByteSize.Format(gaps.Total)} between objects (fragmentation)");
        if (facts.Count > 0)
            page.Paragraph(string.Join(", ", facts), Theme.Plain, new("  " + "GC heap".PadRight(LabelWidth), Theme.Plain));
    }

    private static void WriteNotes(ReportPage page, MemoryBreakdown breakdown)
    {
        if (breakdown.GcHeap is { Free: > 0 })
            Note("Free: in no generation, that is, allocated since the last collection, or kept by the GC for later use.");
        if (breakdown.GenerationsNotResident is >= NotWorthANote and var absent)
            Note($"{ByteSize.Format(absent)} of the generations is not resident: never written to, or swapped out.");
        if (breakdown.Collector.Heaps.Length > 1)
            Note($"The process has {Count.Format(breakdown.Collector.Heaps.Length)} GC heaps: a library compiled ahead of time brings its own runtime. The generations are those of the runtime that answers.");
        if (breakdown.Collector.NonGcHeap >= NotWorthANote)
            Note("NonGC heap: string literals and other objects that live forever, in no generation.");
        if (breakdown.HugePageBytes > 0)
            Note($"Huge pages (hugetlb) are not part of the resident set: {ByteSize.Format(breakdown.HugePageBytes)}{(breakdown.Collector.HugePages > 0 ? $", {ByteSize.Format(breakdown.Collector.HugePages)} of it the GC heap" : "")}.");
        if (breakdown.LazilyFreedBytes >= NotWorthANote)
            Note($"{ByteSize.Format(breakdown.LazilyFreedBytes)} of the resident set is lazily freed (MADV_FREE): the kernel reclaims it when memory is short.");
        if (breakdown.GpuBytes > 0)
            Note("GPU memory is not part of the resident set.");
        if (!breakdown.Allocators.IsEmpty)
            Note($"Loaded: {TerminalText.Clean(string.Join(", ", breakdown.Allocators))}. Its allocations are in Other anonymous.");
        if (breakdown.Categories.Where(item => !item.IsKnown).Select(item => BreakdownNames.Title(item.Category)).ToList() is { Count: > 0 } unknown)
            Warn($"Unknown, and included in other categories: {string.Join(", ", unknown)}.");
        foreach (var limit in breakdown.Limits)
            Warn(TerminalText.Clean(limit));

        void Warn(string text) => page.Paragraph(text, Theme.Warning, new("! ", Theme.Warning));

        void Note(string text) => page.Paragraph(text, Theme.Quiet, new("  ", Theme.Plain));
    }
}
