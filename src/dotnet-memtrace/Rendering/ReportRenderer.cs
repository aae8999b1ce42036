using Memtrace.Exporting;
using Memtrace.Profiles;
using Spectre.Console;

namespace Memtrace.Tool.Rendering;

/// <summary>Writes a profile as text for people.</summary>
internal static class ReportRenderer
{
    private const int SummaryFindings = 5;
    private const int SummaryTop = 10;
    private const int SummaryGrowthTop = 5;
    private const int ListTop = 30;
    private const int TreeLines = 50;

    /// <summary>Writes the first page: a bit of everything.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="console">Where to.</param>
    public static void Summary(MemoryProfile profile, IAnsiConsole console) => Write(profile, console, new ReportOptions());

    /// <summary>Writes a view.</summary>
    /// <param name="profile">The profile, filtered where that was asked for.</param>
    /// <param name="console">Where to.</param>
    /// <param name="options">What, and how.</param>
    /// <exception cref="InvalidOperationException">The view is about what stays, and the recording holds no survival.</exception>
    public static void Write(MemoryProfile profile, IAnsiConsole console, ReportOptions options)
    {
        var page = new ReportPage(console);
        HeaderSection.Write(page, profile);
        switch (options.View)
        {
            case var _ when options.NeedsSurvival:
                WriteLive(page, profile, options);
                break;
            case ReportView.Types or ReportView.Sites or ReportView.Tree:
                WriteAllocations(page, profile, options);
                break;
            case ReportView.Findings:
                FindingsSection.Write(page, profile, options.Top ?? ListTop);
                break;
            case ReportView.Breakdown:
                BreakdownSection.Write(page, profile);
                BreakdownSection.WriteOverTime(page, profile, options.Top ?? ListTop);
                break;
            case ReportView.Collections:
                CollectionsSection.WriteSummary(page, profile);
                CollectionsSection.WriteLongest(page, profile.Collections, options.Top ?? ListTop);
                break;
            case ReportView.Timeline:
                TimelineSection.WriteCurves(page, profile);
                TimelineSection.WriteTable(page, profile, options.Top ?? ListTop);
                break;
            default:
                WriteSummary(page, profile, options);
                break;
        }
    }

    /// <summary>Writes the name of a recording, where a report is one of several.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="console">Where to.</param>
    public static void Heading(MemoryProfile profile, IAnsiConsole console)
    {
        var page = new ReportPage(console);
        page.Line();
        page.Line(new TextRun(page.Names.Text($"==> {TerminalText.Clean(profile.Recording.File)} <==", page.Width), Theme.Title));
    }

    private static void WriteSummary(ReportPage page, MemoryProfile profile, ReportOptions options)
    {
        var selection = new AllocationSelection(options.Order, options.Top ?? SummaryTop);
        LeakSection.Write(page, profile);
        FindingsSection.Write(page, profile, options.Top ?? SummaryFindings);
        MemorySection.Write(page, profile);
        BreakdownSection.Write(page, profile);
        if (profile.Live is { } live)
        {
            GrowthSection.Write(page, profile, live, selection with { Top = options.Top ?? SummaryGrowthTop });
            WriteSnapshot(new LiveHeapSection(page, live, profile.Allocations.Sampling), live.End, options, selection);
        }

        TimelineSection.WriteCurves(page, profile);
        CollectionsSection.WriteSummary(page, profile);
        if (profile.Live is not null)
            LifetimesSection.WriteCrises(page, profile.Live);
        AllocationsSection.WriteTotal(page, profile.Allocations, options.Filter);
        AllocationsSection.WriteTypes(page, profile.Allocations, selection);
        AllocationsSection.WriteSites(page, profile.Allocations, selection);
        if (!profile.Recording.SurvivalTracking)
            LiveHeapSection.WriteAbsence(page);
    }

    private static void WriteAllocations(ReportPage page, MemoryProfile profile, ReportOptions options)
    {
        var selection = new AllocationSelection(options.Order, options.Top ?? ListTop);
        AllocationsSection.WriteTotal(page, profile.Allocations, options.Filter);
        if (options.View == ReportView.Types)
            AllocationsSection.WriteTypes(page, profile.Allocations, selection);
        else if (options.View == ReportView.Sites)
            AllocationsSection.WriteSites(page, profile.Allocations, selection);
        else
            CallTreeSection.Write(page, profile, options, options.Top ?? TreeLines);
    }

    private static void WriteLive(ReportPage page, MemoryProfile profile, ReportOptions options)
    {
        var live = profile.Live ?? throw new InvalidOperationException("The recording holds no survival.");
        var selection = new AllocationSelection(options.Order, options.Top ?? ListTop);
        var section = new LiveHeapSection(page, live, profile.Allocations.Sampling);
        switch (options.View)
        {
            case ReportView.Growth:
                GrowthSection.Write(page, profile, live, selection);
                break;
            case ReportView.Lifetimes:
                LifetimesSection.Write(page, live, profile.Allocations.Sampling, selection);
                break;
            case ReportView.Tree:
                section.WriteSnapshots(options.Filter);
                CallTreeSection.Write(page, profile, options, options.Top ?? TreeLines);
                break;
            default:
                WriteSnapshot(section, options.View == ReportView.Peak ? live.Peak : live.End, options, selection);
                section.WriteLegend();
                break;
        }
    }

    private static void WriteSnapshot(LiveHeapSection section, LiveSnapshot snapshot, ReportOptions options, AllocationSelection selection)
    {
        section.WriteSnapshots(options.Filter);
        section.WriteTypes(snapshot, selection);
        section.WriteSites(snapshot, selection);
    }
}
