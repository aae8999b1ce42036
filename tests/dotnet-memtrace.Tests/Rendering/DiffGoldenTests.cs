using Memtrace.Analysis.Comparison;
using Memtrace.Profiles;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Tests.Rendering;

public sealed class DiffGoldenTests
{
    private static readonly ProfileComparison Full = SampleComparisons.Compare(new ComparisonOptions { Tree = true });

    public static TheoryData<string, int> Reports() => GoldenFile.OfEachWidth(Named.Keys);

    private static Dictionary<string, (ProfileComparison Comparison, DiffOptions Options)> Named { get; } = new(StringComparer.Ordinal)
    {
        ["diff-summary"] = (Full, new DiffOptions()),
        ["diff-types"] = (Full, new DiffOptions { View = DiffView.Types }),
        ["diff-sites-peak"] = (Only(ComparisonMetric.Peak), new DiffOptions { View = DiffView.Sites, Metric = ComparisonMetric.Peak, Top = 3 }),
        ["diff-tree"] = (Only(ComparisonMetric.Allocated), new DiffOptions { View = DiffView.Tree, Metric = ComparisonMetric.Allocated }),
        ["diff-memory"] = (Full with { Normalization = Normalization.None }, new DiffOptions { View = DiffView.Memory }),
        ["diff-breakdown"] = (Moments(SampleBreakdowns.Peak, SampleBreakdowns.End), new DiffOptions { View = DiffView.Breakdown }),
        ["diff-breakdown-one"] = (Moments(null, SampleBreakdowns.End), new DiffOptions { View = DiffView.Breakdown }),
        ["diff-shares"] = (SampleComparisons.Compare(new ComparisonOptions { Normalization = Normalization.Bytes }), new DiffOptions { Filter = "." }),
        ["diff-ticks"] = (ProfileComparer.Compare(SampleComparisons.Before, SampleProfiles.Ticks, new ComparisonOptions()), new DiffOptions()),
        ["diff-hostile"] = (ProfileComparer.Compare(SampleProfiles.Truncated, SampleProfiles.Hostile, new ComparisonOptions()), new DiffOptions()),
        ["diff-empty"] = (ProfileComparer.Compare(SampleProfiles.Empty, SampleProfiles.Empty, new ComparisonOptions()), new DiffOptions()),
    };

    [Theory]
    [MemberData(nameof(Reports))]
    public void A_comparison_looks_as_expected(string name, int width)
    {
        var (comparison, options) = Named[name];
        GoldenFile.Matches(name, width, Render(comparison, options, width));
    }

    [Fact]
    public void No_line_is_wider_than_the_page_nor_has_blanks_at_its_end_nor_acts_on_the_terminal()
    {
        foreach (var (comparison, options) in Named.Values)
            GoldenFile.IsFitToPrint(width => Render(comparison, options, width));
    }

    private static ProfileComparison Moments(MemoryBreakdown? before, MemoryBreakdown after) => Full with
    {
        Before = Full.Before with { Breakdown = before is null ? [] : [SampleBreakdowns.Start, before] },
        After = Full.After with { Breakdown = [after] },
    };

    private static ProfileComparison Only(ComparisonMetric metric) => Full with { Metrics = [Full.By(metric)!] };

    private static string Render(ProfileComparison comparison, DiffOptions options, int width)
    {
        using var writer = new Utf8StringWriter();
        DiffRenderer.Write(comparison, ReportConsole.Plain(writer, width), options);
        return writer.ToString().ReplaceLineEndings("\n");
    }
}
