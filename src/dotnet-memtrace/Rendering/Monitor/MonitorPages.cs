using Memtrace.Exporting;
using Memtrace.Monitoring;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering.Monitor;

/// <summary>What stands below the head of a live view.</summary>
internal static class MonitorPages
{
    private const int MostStackLines = 200;
    private const int MostCollections = 100;
    private const double SmallestShare = 0.005;

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
                WriteStacks(page, state, row);
                break;
            case { Page: MonitorPage.Breakdown }:
                WriteBreakdown(page, state.Moment);
                break;
            case { Page: MonitorPage.Collections }:
                WriteCollections(page, state.Moment.Profile);
                break;
            default:
                new MonitorListSection(page, state).Write(MonitorScreen.BodyHeight(state));
                break;
        }
    }

    private static void WriteStacks(ReportPage page, MonitorState state, LiveRow row)
    {
        var isLive = state.HasLive && state.Order is MonitorOrder.Live or MonitorOrder.Growth;
        var profile = Only(state.Moment!.Profile, row);
        var root = ProfileCallTree.Build(profile, isLive ? CallTreeValue.Live : CallTreeValue.Allocated, inverted: true);
        var rows = CallTreeRows.Heaviest(root, SmallestShare, MostStackLines, CallTreeFolding.Inverted);
        page.Section(isLive ? "Who made what lives" : "Who allocates", page.Names.Type(TerminalText.Clean(row.Type), Math.Max(1, page.Width - 24)));
        if (row.Site is { } site)
            page.Line(new TextRun("  at " + page.Names.Method(TerminalText.Clean(site.Method), page.Width - 5), Theme.Quiet));
        if (rows.IsEmpty)
            page.Line(new TextRun("  No stack of it is known.", Theme.Quiet));
        else
            TextTable.Write(page, CallTreeTable.Of(profile.Allocations.Sampling, rows, inverted: true));
    }

    /// <summary>The profile with no stacks but those of a row.</summary>
    private static MemoryProfile Only(MemoryProfile profile, LiveRow row)
    {
        var allocations = profile.Allocations with { Stacks = [.. profile.Allocations.Stacks.Where(item => IsOf(item.Type, item.Stack))] };
        var live = profile.Live is { } known
            ? known with { End = known.End with { Stacks = [.. known.End.Stacks.Where(item => IsOf(item.Type, item.Stack))] } }
            : null;
        return profile with { Allocations = allocations, Live = live };

        bool IsOf(string type, CallStack? stack) => type == row.Type && (row.Site is null || row.Site == stack?.Site);
    }

    private static void WriteBreakdown(ReportPage page, LiveMoment moment)
    {
        if (moment.Profile.Breakdown is [.., var last])
            BreakdownSection.Write(page, last);
        else
            page.Line(new TextRun("Where the memory is has not been looked at yet.", Theme.Quiet));
    }

    private static void WriteCollections(ReportPage page, MemoryProfile profile)
    {
        CollectionsSection.WriteSummary(page, profile);
        if (profile.Collections.Items.IsEmpty)
            return;
        page.Section("Last collections", "the latest first");
        TextTable.Write(page, CollectionTables.Each(profile.Collections.Items.Reverse().Take(MostCollections)));
    }

    private static void WriteHelp(ReportPage page)
    {
        page.Section("Keys");
        foreach (var (key, does) in Help)
            page.Paragraph(does, Theme.Plain, new("  " + key.PadRight(18), Theme.Title));
    }

    private static readonly (string Key, string Does)[] Help =
    [
        ("t", "list types, or types by call site"),
        ("r a l g", "sort by rate, allocated, live, growth; the last two with --live"),
        ("arrows PgUp PgDn", "choose a row, or scroll"),
        ("enter, esc", "open the stacks of the row; go back, or remove the filter"),
        ("/", "filter by a regular expression or a part of a name, of type or method"),
        ("w", "where the resident memory is"),
        ("c", "the collections"),
        ("p", "let the view stand still, or go on"),
        ("s", "save the last minutes as a recording (--buffer says how many)"),
        ("G", "have the process do a full collection; asks first"),
        ("q, Ctrl+C", "quit"),
    ];
}
