using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Monitoring;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering.Monitor;

/// <summary>The pages below the header of a live view.</summary>
internal static class MonitorPages
{
    private const int MaxCollections = 100;

    /// <summary>Writes the current page at full length; of the list, what fits.</summary>
    public static void Write(ReportPage page, MonitorState state)
    {
        switch (state)
        {
            case { Page: MonitorPage.Help }:
                WriteHelp(page);
                break;
            case { Update: null }:
                break;
            case { Page: MonitorPage.Stacks, Opened: { } row }:
                new MonitorStacksSection(page, state).Write(row);
                break;
            case { Page: MonitorPage.Breakdown }:
                WriteBreakdown(page, state, state.Update);
                break;
            case { Page: MonitorPage.Collections }:
                WriteCollections(page, state.Update.Profile);
                break;
            case { Page: MonitorPage.Heap }:
                new MonitorHeapSection(page, state.Heap).Write();
                break;
            default:
                new MonitorListSection(page, state).Write(MonitorScreen.BodyHeight(state));
                break;
        }
    }

    private static void WriteBreakdown(ReportPage page, MonitorState state, LiveUpdate update)
    {
        if (update.Profile.Breakdown is [.., var last])
            BreakdownSection.Write(page, last, SnapshotNote(state, update.Profile.Recording, last));
        else
            page.Line(new TextRun(NoBreakdown(state), Theme.Quiet));
    }

    // A snapshot costs the process something, so it is older than the header.
    private static string SnapshotNote(MonitorState state, RecordingDescription recording, MemoryBreakdown breakdown)
    {
        var age = recording.WindowStartSeconds + recording.DurationSeconds - breakdown.AtSeconds;
        return $"at {Duration.Format(breakdown.AtSeconds)}, {Duration.Format(Math.Max(0, age))} {(state.Ended is null ? "ago" : "before the end")}{(state.IsTakingSnapshot ? "; updating..." : "")}";
    }

    private static string NoBreakdown(MonitorState state) => state switch
    {
        { Ended: not null } => "No memory map snapshot was taken (w) while the process ran.",
        { IsTakingSnapshot: true } => "Taking a memory map snapshot...",
        _ => "No memory map snapshot yet.",
    };

    private static void WriteCollections(ReportPage page, MemoryProfile profile)
    {
        CollectionsSection.WriteSummary(page, profile);
        if (profile.Collections.Items.IsEmpty)
            return;
        if (profile.Heap is [.., var heap])
        {
            page.Section("GC heap", $"after the last collection, at {Duration.Format(heap.Seconds)}");
            TextTable.Write(page, CollectionTables.Generations(heap));
            page.Paragraph(Held(heap), Theme.Plain, new("  ", Theme.Plain));
        }

        page.Section("Last collections", "latest first");
        TextTable.Write(page, CollectionTables.Each(profile.Collections.Items.Reverse().Take(MaxCollections)));
    }

    private static string Held(HeapPoint heap) =>
        $"{Count.Things(heap.PinnedObjects, "pinned object", "pinned objects")}, {Count.Things(heap.Handles, "GC handle", "GC handles")}, {Count.Things(heap.FinalizationPending, "object", "objects")} waiting for finalizers.";

    private static void WriteHelp(ReportPage page)
    {
        page.Section("Keys");
        foreach (var (key, does) in Help)
            page.Paragraph(does, Theme.Plain, new("  " + key.PadRight(18), Theme.Title));
    }

    private static readonly (string Key, string Does)[] Help =
    [
        ("t", "list types, or types by call site"),
        ("m", "list methods: Total includes callees, Self does not"),
        ("r a l g", "sort by rate, allocated (total), live, growth (with --live)"),
        ("o", "sort methods by self"),
        ("arrows PgUp PgDn", "select a row, or scroll; also Home and End"),
        ("enter, esc", "show the stacks of the row; go back, or remove the filter"),
        ("/, F4", "filter by type or method: a substring or a regular expression"),
        ("w", "memory breakdown: resident memory by category"),
        ("c", "collections, and the GC heap by generation"),
        ("p, space", "pause or resume the display"),
        ("s", "save the last minutes as a recording (see --buffer)"),
        ("G", "force a full collection; asks first"),
        ("H, v", "take a heap snapshot (asks) and compare it; view the last"),
        ("?, h, F1", "show or hide this help"),
        ("q, F10, Ctrl+C", "quit; Ctrl+Z suspends until fg"),
    ];
}
