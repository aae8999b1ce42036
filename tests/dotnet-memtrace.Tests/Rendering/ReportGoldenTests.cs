using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.LiveHeap;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Tests.Rendering;

public sealed class ReportGoldenTests
{
    public static TheoryData<string, int> Reports() => GoldenFile.OfEachWidth(Named.Keys);

    private static Dictionary<string, (MemoryProfile Profile, ReportOptions Options)> Named { get; } = new(StringComparer.Ordinal)
    {
        ["summary"] = (SampleProfiles.Shop, new ReportOptions()),
        ["types"] = (SampleProfiles.Shop, new ReportOptions { View = ReportView.Types, Order = AllocationOrder.Objects }),
        ["sites"] = (SampleProfiles.Shop, new ReportOptions { View = ReportView.Sites }),
        ["tree"] = (SampleProfiles.Shop, new ReportOptions { View = ReportView.Tree, MinimumShare = 0 }),
        ["tree-inverted"] = (SampleProfiles.Shop, new ReportOptions { View = ReportView.Tree, Direction = CallTreeDirection.Callers, MinimumShare = 0 }),
        ["collections"] = (SampleProfiles.Shop, new ReportOptions { View = ReportView.Collections, Top = 5 }),
        ["timeline"] = (SampleProfiles.Shop, new ReportOptions { View = ReportView.Timeline, Top = 6 }),
        ["empty"] = (SampleProfiles.Empty, new ReportOptions()),
        ["ticks"] = (SampleProfiles.Ticks, new ReportOptions { Filter = new AppliedFilter("Filter Order", SampleProfiles.Twice) }),
        ["truncated"] = (SampleProfiles.Truncated, new ReportOptions { Top = 2 }),
        ["hostile"] = (SampleProfiles.Hostile, new ReportOptions()),
        ["hostile-lifetimes"] = (SampleProfiles.Hostile, new ReportOptions { View = ReportView.Lifetimes }),
        ["findings"] = (SampleFindings.Shop, new ReportOptions { View = ReportView.Findings }),
        ["findings-summary"] = (SampleFindings.Shop with { Live = null, Allocations = SampleProfiles.Empty.Allocations, Timeline = [] }, new ReportOptions()),
        ["findings-killed"] = (SampleFindings.Killed, new ReportOptions { Top = 2 }),
        ["findings-hostile"] = (SampleFindings.Hostile, new ReportOptions { View = ReportView.Findings }),
        ["breakdown-summary"] = (SampleBreakdowns.Live with { Live = null, Allocations = SampleProfiles.Empty.Allocations }, new ReportOptions()),
        ["breakdown"] = (SampleBreakdowns.Live, new ReportOptions { View = ReportView.Breakdown, Top = 3 }),
        ["breakdown-sums"] = (SampleProfiles.Empty with { Breakdown = [SampleBreakdowns.Sums] }, new ReportOptions { View = ReportView.Breakdown }),
        ["breakdown-once"] = (SampleProfiles.Empty with { Breakdown = [SampleBreakdowns.Limited] }, new ReportOptions { View = ReportView.Breakdown }),
        ["breakdown-hostile"] = (SampleBreakdowns.Hostile, new ReportOptions { View = ReportView.Breakdown }),
        ["breakdown-empty"] = (SampleProfiles.Shop, new ReportOptions { View = ReportView.Breakdown }),
        ["breakdown-elsewhere"] = (SampleProfiles.Shop with { NearestBreakdownSeconds = 12.5 }, new ReportOptions { View = ReportView.Breakdown }),
        ["breakdown-missed-peak"] = (SampleBreakdowns.MissedPeak, new ReportOptions { View = ReportView.Breakdown, Top = 3 }),
        ["live-summary"] = (SampleProfiles.Live, new ReportOptions()),
        ["live-empty"] = (SampleProfiles.LiveEmpty, new ReportOptions()),
        ["live"] = (SampleProfiles.Live, new ReportOptions { View = ReportView.Live }),
        ["live-filtered"] = (Filtered(SampleProfiles.Live, "OrderCache"), new ReportOptions { View = ReportView.Live, Filter = new AppliedFilter("Filter OrderCache", SampleProfiles.Live) }),
        ["peak"] = (SampleProfiles.Live, new ReportOptions { View = ReportView.Peak, Order = AllocationOrder.Objects }),
        ["growth"] = (SampleProfiles.Live, new ReportOptions { View = ReportView.Growth }),
        ["lifetimes"] = (SampleProfiles.Live, new ReportOptions { View = ReportView.Lifetimes }),
        ["tree-live"] = (SampleProfiles.Live, new ReportOptions { View = ReportView.Tree, Value = CallTreeValue.Live }),
        ["tree-peak-inverted"] = (SampleProfiles.Live, new ReportOptions { View = ReportView.Tree, Value = CallTreeValue.Peak, Direction = CallTreeDirection.Callers, AllFrames = true }),
    };

    [Theory]
    [MemberData(nameof(Reports))]
    public void A_report_looks_as_expected(string name, int width)
    {
        var (profile, options) = Named[name];
        GoldenFile.Matches(name, width, Render(profile, options, width));
    }

    [Fact]
    public void No_line_is_wider_than_the_page_nor_has_blanks_at_its_end_nor_acts_on_the_terminal()
    {
        foreach (var (profile, options) in Named.Values)
            GoldenFile.IsFitToPrint(width => Render(profile, options, width));
    }

    [Fact]
    public void Text_follows_a_narrow_terminal_though_tables_need_more()
    {
        var lines = Render(SampleFindings.Killed, new ReportOptions { View = ReportView.Findings }, ReportConsole.MinimumWidth).Split('\n');

        Assert.Contains("  info      612.0 MiB of the GC heap is", lines);
        Assert.All(lines.SkipWhile(line => line != "Findings"), line => Assert.True(TerminalText.Width(line) <= ReportConsole.MinimumWidth, line));
    }

    private static MemoryProfile Filtered(MemoryProfile profile, string filter) => profile with
    {
        Allocations = new ProfileFilter(new Regex(filter)).Apply(profile.Allocations),
        Live = new ProfileFilter(new Regex(filter)).Apply(profile.Live!, profile.Allocations),
    };

    private static string Render(MemoryProfile profile, ReportOptions options, int width)
    {
        using var writer = new Utf8StringWriter();
        ReportRenderer.Write(profile, ReportConsole.Plain(writer, width), options);
        return writer.ToString().ReplaceLineEndings("\n");
    }
}
