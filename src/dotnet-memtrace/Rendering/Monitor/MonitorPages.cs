using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Monitoring;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering.Monitor;

/// <summary>What stands below the head of a live view.</summary>
internal static class MonitorPages
{
    private const int MostCollections = 100;

    /// <summary>Writes the page that is shown, in all its length; of the list what fits.</summary>
    public static void Write(ReportPage page, MonitorState state)
    {
        switch (state)
        {
            case { Page: MonitorPage.Help }:
                WriteHelp(page);
                break;
            case { Moment: null }:
                break;
            case { Page: MonitorPage.Stacks, Opened: { } row }:
                new MonitorStacksSection(page, state).Write(row);
                break;
            case { Page: MonitorPage.Breakdown }:
                WriteBreakdown(page, state, state.Moment);
                break;
            case { Page: MonitorPage.Collections }:
                WriteCollections(page, state.Moment.Profile);
                break;
            default:
                new MonitorListSection(page, state).Write(MonitorScreen.BodyHeight(state));
                break;
        }
    }

    private static void WriteBreakdown(ReportPage page, MonitorState state, LiveUpdate moment)
    {
        if (moment.Profile.Breakdown is [.., var last])
            BreakdownSection.Write(page, last, SnapshotNote(state, moment.Profile.Recording, last));
        else
            page.Line(new TextRun(NoBreakdown(state), Theme.Quiet));
    }

    // A look costs the process something, so it is not made each time that the head is.
    private static string SnapshotNote(MonitorState state, RecordingDescription recording, MemoryBreakdown breakdown)
    {
        var age = recording.WindowStartSeconds + recording.DurationSeconds - breakdown.AtSeconds;
        return $"at {Duration.Format(breakdown.AtSeconds)}, {Duration.Format(Math.Max(0, age))} {(state.Ended is null ? "ago" : "before the end")}{(state.IsTakingSnapshot ? "; looking..." : "")}";
    }

    private static string NoBreakdown(MonitorState state) => state switch
    {
        { Ended: not null } => "Where the memory was is not known: nobody looked (w) while the process ran.",
        { IsTakingSnapshot: true } => "Looking...",
        _ => "Where the memory is has not been looked at yet.",
    };

    private static void WriteCollections(ReportPage page, MemoryProfile profile)
    {
        CollectionsSection.WriteSummary(page, profile);
        if (profile.Collections.Items.IsEmpty)
            return;
        if (profile.Heap is [.., var heap])
        {
            page.Section("GC heap", $"as the last collection left it, {Duration.Format(heap.Seconds)} after the beginning");
            TextTable.Write(page, CollectionTables.Generations(heap));
            page.Paragraph(Held(heap), Theme.Plain, new("  ", Theme.Plain));
        }

        page.Section("Last collections", "the latest first");
        TextTable.Write(page, CollectionTables.Each(profile.Collections.Items.Reverse().Take(MostCollections)));
    }

    private static string Held(HeapPoint heap) =>
        $"{Count.Format(heap.PinnedObjects)} pinned objects, {Count.Format(heap.Handles)} GC handles, {Count.Format(heap.FinalizationPending)} objects wait for their finalizers.";

    private static void WriteHelp(ReportPage page)
    {
        page.Section("Keys");
        foreach (var (key, does) in Help)
            page.Paragraph(does, Theme.Plain, new("  " + key.PadRight(18), Theme.Title));
    }

    private static readonly (string Key, string Does)[] Help =
    [
        ("t", "list types, or types by call site"),
        ("m", "list methods: Total includes what they call, Self does not"),
        ("r a l g", "sort by rate, allocated (total); live, growth (with --live)"),
        ("o", "sort methods by own"),
        ("arrows PgUp PgDn", "choose a row, or scroll; so do Home and End"),
        ("enter, esc", "open the stacks of the row; go back, or remove the filter"),
        ("/, F4", "filter by type or method: a regular expression or a part"),
        ("w", "where the resident memory is"),
        ("c", "the collections, and the GC heap by generation"),
        ("p, space", "let the view stand still, or go on"),
        ("s", "save the last minutes as a recording (see --buffer)"),
        ("G", "have the process do a full collection; asks first"),
        ("?, h, F1", "these keys, or back"),
        ("q, F10, Ctrl+C", "quit; Ctrl+Z stops until fg"),
    ];
}
